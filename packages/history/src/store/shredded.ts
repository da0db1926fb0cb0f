import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import type { Sql } from "@onrecord/postgres/database";

/** When a document's data key was destroyed, and the version at which it ended; undefined for one that was not. */
export async function readShredded(
  sql: Sql,
  documentId: string,
): Promise<{ version: number; at: Date } | undefined> {
  if (!isId(documentId)) return undefined;
  const [row] = await sql.query<{ version: number; at: Date }>(
    "select version, at from documents.shredded where document_id = $1",
    [documentId],
  );
  return row;
}

/** Why a document has no head: GONE with the moment it was destroyed, or NOT_FOUND because it never was. */
export async function missingDocument(sql: Sql, documentId: string): Promise<AppError> {
  const shredded = await readShredded(sql, documentId);
  if (!shredded) return new AppError("NOT_FOUND", "There is no such document.");
  return new AppError(
    "GONE",
    `This document was destroyed at ${shredded.at.toISOString()}: its text cannot be read any more, its record can.`,
  );
}

import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import type { Sql } from "@onrecord/postgres/database";

/** A document whose data key was destroyed: when, and the version at which it ended. */
export interface Shredded {
  readonly documentId: string;
  readonly version: number;
  readonly at: Date;
}

/** In SQL, whether the document with an id was destroyed; `id` is an expression of ours, never anything from outside. */
export function isShredded(id: string): string {
  return `exists (select from documents.shredded s where s.document_id = ${id})`;
}

/** Those of these documents that were destroyed, in no order. */
export function readShredded(sql: Sql, documentIds: readonly string[]): Promise<Shredded[]> {
  return sql.query<Shredded>(
    `select document_id as "documentId", version, at from documents.shredded where document_id = any ($1::uuid[])`,
    [documentIds],
  );
}

/** Why a document has no head: GONE with the moment it was destroyed, or NOT_FOUND because it never was. */
export async function missingDocument(sql: Sql, documentId: string): Promise<AppError> {
  const [shredded] = isId(documentId) ? await readShredded(sql, [documentId]) : [];
  if (!shredded) return new AppError("NOT_FOUND", "There is no such document.");
  return new AppError(
    "GONE",
    `This document was destroyed at ${shredded.at.toISOString()}: its text cannot be read any more, its record can.`,
  );
}

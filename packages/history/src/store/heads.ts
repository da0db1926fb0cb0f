import type { Sql } from "@onrecord/postgres/database";

/** Where a document stands. */
export interface Head {
  readonly version: number;
  /** Bytes of all changes. */
  readonly bytes: number;
  /** The entry of this version, and its time; null at version 0. */
  readonly tip: string | null;
  readonly at: Date | null;
}

/** A document and the number of its newest version. */
export interface NewestVersion {
  readonly documentId: string;
  readonly version: number;
}

/** The committed head, or null without such a document. */
export async function readHead(sql: Sql, documentId: string): Promise<Head | null> {
  const [row] = await sql.query<Head>(
    `select h.version, h.bytes, h.tip, b.at
     from documents.head h left join documents.batch b on b.document_id = h.document_id and b.last_version = h.version
     where h.document_id = $1`,
    [documentId],
  );
  return row ?? null;
}

/** The committed heads of these documents, in no order. Those that were destroyed, or never were, are missing. */
export function readHeads(sql: Sql, documentIds: readonly string[]): Promise<NewestVersion[]> {
  return sql.query<NewestVersion>(
    `select document_id as "documentId", version from documents.head where document_id = any ($1::uuid[])`,
    [documentIds],
  );
}

/** As `readHeads`; of those that were destroyed, where they ended. */
export function readNewestVersions(sql: Sql, documentIds: readonly string[]): Promise<NewestVersion[]> {
  return sql.query<NewestVersion>(
    `select document_id as "documentId", version from documents.head where document_id = any ($1::uuid[])
     union all select document_id, version from documents.shredded where document_id = any ($1::uuid[])`,
    [documentIds],
  );
}

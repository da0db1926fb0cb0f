import type { Tx } from "@onrecord/postgres/database";

/** Gives a version of a document a name, or another one. */
export async function writeVersionName(
  tx: Tx,
  version: { documentId: string; version: number; name: string; namedBy: string },
): Promise<void> {
  await tx.query(
    `insert into documents.version_name (document_id, version, name, named_by) values ($1, $2, $3, $4)
     on conflict (document_id, version)
     do update set name = excluded.name, named_by = excluded.named_by, named_at = clock_timestamp()`,
    [version.documentId, version.version, version.name, version.namedBy],
  );
}

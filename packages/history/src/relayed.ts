import type { KeyObject } from "node:crypto";
import type { Sql } from "@onrecord/platform/database";
import { unseal } from "@onrecord/platform/vault";
import { changeContext } from "./commit.js";

/** The changes up to a version that somebody carried for others without proof of whose they are, in order. Few documents have any. */
export async function relayedChanges(
  sql: Sql,
  key: KeyObject,
  documentId: string,
  upTo: number,
): Promise<Uint8Array[]> {
  const rows = await sql.query<{ version: number; sealed: Buffer }>(
    "select version, sealed from documents.change where document_id = $1 and author_id is null and version <= $2 order by version",
    [documentId, upTo],
  );
  return rows.map(({ version, sealed }) => unseal(key, sealed, changeContext(documentId, version)));
}

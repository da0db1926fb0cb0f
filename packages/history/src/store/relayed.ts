import type { KeyObject } from "node:crypto";
import type { Sql } from "@onrecord/postgres/database";
import { openBatch } from "./batch.js";

/** The changes up to a version that somebody relayed for others without proof of whose they are, in order. Few documents have any. */
export async function relayedChanges(
  sql: Sql,
  key: KeyObject,
  documentId: string,
  upTo: number,
): Promise<Uint8Array[]> {
  const rows = await sql.query<{ first: number; last: number; proven: boolean[]; sealed: Buffer }>(
    `select first_version as first, last_version as last, proven, sealed from documents.batch
     where document_id = $1 and first_version <= $2 and false = any (proven) order by last_version`,
    [documentId, upTo],
  );
  return rows.flatMap(({ first, last, proven, sealed }) =>
    openBatch(key, documentId, first, last, sealed).filter(
      (_, index) => !proven[index] && first + index <= upTo,
    ),
  );
}

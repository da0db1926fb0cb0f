import type { Sql } from "@onrecord/postgres/database";
import { entryColumns, type PlacedEntry, type Position } from "./read.js";

/**
 * The entries after `position`, in the order of the record, at most `limit`; only those with one of `actions` when given.
 *
 * Transactions commit in another order than they begin, so a plain "newer than the last I saw" would step over an entry that commits late.
 * Everything is therefore read behind the snapshot horizon: below it no transaction is still open, and the order is final. Places and
 * horizon are those of the era (migration 027): after a restore they go on where the old server's ended.
 */
export async function readAfter(
  sql: Sql,
  position: Position,
  limit: number,
  actions?: readonly string[],
): Promise<PlacedEntry[]> {
  return sql.query<PlacedEntry>(
    `select ${entryColumns}, e.txid::text as txid, e.discreet
     from audit.entry e
     where (e.txid, e.id) > ($1::text::xid8, $2::uuid)
       and e.txid < audit.horizon()
       and ($4::text[] is null or e.action = any ($4))
     order by e.txid, e.id
     limit $3`,
    [position.txid, position.entryId, limit, actions ?? null],
  );
}

/** The place of the newest entry that can no longer be overtaken: where a new reader begins. */
export async function newest(sql: Sql): Promise<Position> {
  const [row] = await sql.query<{ txid: string }>(
    "select (audit.horizon()::text::numeric - 1)::text as txid",
  );
  return { txid: row?.txid ?? "0", entryId: "ffffffff-ffff-ffff-ffff-ffffffffffff" };
}

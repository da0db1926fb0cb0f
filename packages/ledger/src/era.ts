import type { Sql } from "@onrecord/postgres/database";

/** So far apart two eras are at least: nobody wrote so many transactions after the backup was made, and before its server was lost. */
const GAP = 2n ** 32n;
/** Places of each second since 1970: whoever restores the same backup twice begins the second era behind the first, however busy that was. */
const PER_SECOND = 2n ** 31n;

/** The next place in the order of the record, decimal: nothing that is visible now stands there or later. */
export async function nextPlace(sql: Sql): Promise<string> {
  const [known] = await sql.query<{ known: boolean }>(
    "select to_regprocedure('audit.frontier()') is not null as known",
  );
  // A database of before migration 027 was never restored: its places are its server's transaction ids.
  const place = known?.known ? "audit.frontier()" : "pg_snapshot_xmax(pg_current_snapshot())";
  const [row] = await sql.query<{ place: string }>(`select ${place}::text as place`);
  return row!.place;
}

/**
 * Makes the order of the record go on behind `after` (decimal), the next place of the server from which this database's record came, and
 * behind every place that server may have given since. Run by the owner, in the transaction that brings the record in.
 */
export async function beginEra(sql: Sql, after: string): Promise<void> {
  const [now] = await sql.query<{ txid: string; second: string }>(
    `select pg_snapshot_xmax(pg_current_snapshot())::text as txid, trunc(extract(epoch from clock_timestamp()))::bigint::text as second`,
  );
  const byTime = BigInt(now!.second) * PER_SECOND;
  const byCount = BigInt(after) + GAP;
  const begin = byTime > byCount ? byTime : byCount;
  const era = begin - BigInt(now!.txid);
  await sql.query(
    `create or replace function audit.era() returns bigint language sql immutable parallel safe return ${era}::bigint`,
  );
}

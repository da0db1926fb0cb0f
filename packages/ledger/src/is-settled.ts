import type { Sql } from "@onrecord/postgres/database";

/**
 * Whether every committed entry (of these actions) can be read by `readAfter`: none waits behind a transaction still open. One of a
 * transaction that cannot have begun yet, as in a record that was copied here by other means than `onrecord restore`, is waited for by nobody.
 */
export async function isSettled(sql: Sql, actions?: readonly string[]): Promise<boolean> {
  const held = await sql.query(
    `select 1 from audit.entry
     where txid >= audit.horizon() and txid < audit.frontier()
       and ($1::text[] is null or action = any ($1)) limit 1`,
    [actions ?? null],
  );
  return held.length === 0;
}

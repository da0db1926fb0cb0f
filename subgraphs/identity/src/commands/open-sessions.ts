import { AppError } from "@onrecord/core/errors";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import type { Principal } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";

/**
 * The sessions of the caller that have not ended, locked until the commit in the order of their ids. UNAUTHENTICATED when the caller's
 * own is not among them: whoever has just been sent away sends nobody else away, and changes nothing.
 */
export async function lockOwnSessions(
  tx: RecordedTx,
  { userId, sessionId }: Principal,
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    "select id from identity.session where user_id = $1 and ended_at is null order by id for no key update",
    [userId],
  );
  const open = rows.map(({ id }) => id);
  if (!open.includes(sessionId))
    throw new AppError("UNAUTHENTICATED", "Your session has ended; sign in again.");
  return open;
}

/** The sessions of the caller that are open, but this one: what is to be stopped before they are locked and ended. */
export async function otherSessions(sql: Sql, { userId, sessionId }: Principal): Promise<readonly string[]> {
  const rows = await sql.query<{ id: string }>(
    "select id from identity.session where user_id = $1 and ended_at is null and id <> $2",
    [userId, sessionId],
  );
  return rows.map(({ id }) => id);
}

/** Ends sessions that are locked, each with its entry. */
export async function endLocked(
  tx: RecordedTx,
  sessions: readonly string[],
  cause: AuditEvents["session.ended"]["cause"],
): Promise<void> {
  await tx.query("update identity.session set ended_at = clock_timestamp() where id = any ($1::uuid[])", [
    sessions,
  ]);
  await recordEnded(tx, sessions, cause);
}

/** Puts on the record that sessions end. */
export async function recordEnded(
  tx: RecordedTx,
  sessions: readonly string[],
  cause: AuditEvents["session.ended"]["cause"],
): Promise<void> {
  for (const id of sessions)
    await tx.append({ action: "session.ended", object: { kind: "SESSION", id }, detail: { cause } });
}

/** Locks an account until the commit, so that nobody signs in to it, and then its open sessions, which it returns. */
export async function lockAccount(tx: RecordedTx, userId: string): Promise<readonly string[]> {
  await tx.query("select from identity.user where id = $1 for no key update", [userId]);
  const rows = await tx.query<{ id: string }>(
    "select id from identity.session where user_id = $1 and ended_at is null order by id for no key update",
    [userId],
  );
  return rows.map(({ id }) => id);
}

import type { Bus } from "@onrecord/bus/bus";
import type { Tx } from "@onrecord/postgres/database";

/**
 * Concludes what a transaction has changed of anybody's rights: the last thing before its commit. The database does so by itself; this
 * is for whoever decides on something after the change, waits for it to be in force, or tells other nodes at once. Returns the new
 * permission revision; null when nobody's rights were touched.
 */
export async function concludeChange(tx: Tx, bus: Bus): Promise<number | null> {
  const [row] = await tx.query<{ revision: number | null }>("select permissions.conclude() as revision");
  const revision = row?.revision ?? null;
  if (revision !== null) tx.onCommit(() => bus.publish("permissions.changed", { revision }));
  return revision;
}

/**
 * Makes this transaction the only one that changes rights, from here to its end: nobody is given a right meanwhile, and what it reads of
 * rights stands at its commit. To be taken before anything is written. What it then waits for keeps others waiting: five seconds at most.
 */
export async function changeRightsAlone(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(permissions.lock_key())");
  await tx.query("set local lock_timeout = '5s'");
}

/**
 * Holds back every change of rights until the transaction ends, so that what is decided in it after this stands when it commits. To be
 * taken before any row that a commit of edits locks, and late: changes of rights wait for it.
 */
export async function holdPermissions(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock_shared(permissions.lock_key())");
}

/** Whether a transaction was ended because what it waited for did not come: a lock of somebody else's, or each other in a circle. */
export function waitedInVain(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (code === "55P03" || code === "40P01") return true;
  }
  return false;
}

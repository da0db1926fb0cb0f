import type { Bus } from "@onrecord/bus/bus";
import type { Tx } from "@onrecord/postgres/database";

/**
 * Concludes what a transaction has changed of anybody's rights: the last thing before its commit. The database does so by itself; this
 * is for whoever decides on something after the change, waits for it to be in force, or tells other nodes at once. Returns the new
 * permission revision; null when nobody's rights were touched. Whoever takes rights away goes by `changeRights`.
 */
export async function concludeChange(tx: Tx, bus: Bus): Promise<number | null> {
  const [row] = await tx.query<{ revision: number | null }>("select permissions.conclude() as revision");
  const revision = row?.revision ?? null;
  if (revision !== null) tx.onCommit(() => bus.publish("permissions.changed", { revision }));
  return revision;
}

/**
 * Holds back every change of rights until the transaction ends, so that what is decided in it after this stands when it commits. To be
 * taken before any row that a commit of edits locks, and late: changes of rights wait for it.
 */
export async function holdPermissions(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock_shared(permissions.lock_key())");
}

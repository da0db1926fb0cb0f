import type { Tx } from "@onrecord/postgres/database";

/**
 * Holds back every change of permissions until `tx` ends: what is decided from here on still holds at its commit. Others may hold
 * them at the same time.
 */
export async function holdPermissions(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock_shared(permissions.lock_key())");
}

import { AppError } from "@onrecord/core/errors";
import type { By } from "@onrecord/ledger/ledger";
import type { Action, ResourceAction } from "@onrecord/policy/levels";
import { byCaller } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import type { DocumentsContext } from "../context.js";
import { forget } from "../loaders/forget.js";

/** Runs a command's writes in one transaction, on the caller's account. */
export async function write<T>(context: DocumentsContext, work: (tx: Tx, by: By) => Promise<T>): Promise<T> {
  const { caller, db, ledger } = context;
  const by = byCaller(caller);
  // Stored before a connection is held: transactions that each wait for a second one would wait for each other.
  if (by.from !== null) await ledger.provenances.of(by.from);
  const result = await db.transaction((tx) => work(tx, by));
  forget(context);
  return result;
}

/** Decides again inside a transaction; throws FORBIDDEN when the answer has changed. Returns the revision decided at. */
export async function decideAgain(
  { caller, decisions, guard }: DocumentsContext,
  tx: Tx,
  action: Action,
  resourceId: string,
): Promise<number> {
  const decision = await decisions.decide(guard.requirePrincipal(caller), action, resourceId, tx);
  if (!decision.allow)
    throw new AppError("FORBIDDEN", "Your access has just ended.", { reasons: decision.reasons });
  return decision.revision;
}

/**
 * Decides again under the lock that permission changes take, so that nothing commits on a right that is already gone. Must come
 * last before the commit: permission changes wait for it.
 */
export async function confirm(
  context: DocumentsContext,
  tx: Tx,
  action: ResourceAction,
  resourceId: string,
): Promise<void> {
  await tx.query("select pg_advisory_xact_lock_shared(permissions.lock_key())");
  await decideAgain(context, tx, action, resourceId);
}

import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { holdPermissions } from "@onrecord/policy/hold-permissions";
import type { Action, ResourceAction } from "@onrecord/policy/levels";
import { byCaller } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { DocumentsContext } from "../context.js";
import { forget } from "../loaders/forget.js";

/** Runs a command's writes in one transaction with a unit of work in it, on the caller's account. */
export async function write<T>(
  context: DocumentsContext,
  work: (tx: RecordedTx, em: EntityManager) => Promise<T>,
): Promise<T> {
  const result = await context.ledger.transaction(byCaller(context.caller), (tx) =>
    work(tx, unitOfWork(context.em, tx)),
  );
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
  await holdPermissions(tx);
  await decideAgain(context, tx, action, resourceId);
}

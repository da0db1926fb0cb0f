import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { ObjectKind } from "@onrecord/ledger/events/catalogue";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { holdPermissions } from "@onrecord/policy/change";
import type { Decision } from "@onrecord/policy/decision";
import type { Action } from "@onrecord/policy/levels";
import { onRecord } from "@onrecord/policy/on-record";
import { byCaller, principalOfSession } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { DocumentsContext } from "../context.js";
import { forget } from "../loaders/forget.js";

/** What a right is on. */
interface Target {
  readonly kind: ObjectKind;
  readonly id: string;
}

/** Thrown inside a transaction, so that nothing of it is kept: the right was there when it was asked for, and is gone now. */
class RightEnded extends Error {
  constructor(
    readonly action: Action,
    readonly target: Target,
    readonly decision: Decision,
  ) {
    super("the right ended before the commit");
  }
}

/** Runs a command's writes in one transaction with a unit of work in it, on the caller's account. */
export function write<T>(
  context: DocumentsContext,
  work: (tx: RecordedTx, em: EntityManager) => Promise<T>,
): Promise<T> {
  const { ledger, caller, em } = context;
  return recordingRefusal(context, () =>
    ledger.transaction(byCaller(caller), (tx) => work(tx, unitOfWork(em, tx))),
  );
}

/** Runs what confirms a right in its transaction. Where that has just ended, the refusal is on the record before the caller hears of it. */
export async function recordingRefusal<T>(context: DocumentsContext, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    forget(context);
    return result;
  } catch (error) {
    if (!(error instanceof RightEnded)) throw error;
    const { action, target, decision } = error;
    await context.guard.deny(context.caller, action, target, decision);
    if (decision.reasons[0] === sessionEnded)
      throw onRecord(new AppError("UNAUTHENTICATED", sessionEnded.text));
    throw onRecord(new AppError("FORBIDDEN", "Your access has just ended.", { reasons: decision.reasons }));
  }
}

/** Decides again inside a transaction, for `recordingRefusal`: for who the session stands for now, if it still stands. */
export async function decideAgain(
  { caller, decisions, guard }: DocumentsContext,
  tx: Tx,
  action: Action,
  target: Target,
): Promise<void> {
  const known = guard.requirePrincipal(caller);
  const principal = await principalOfSession(tx, known.sessionId);
  const decision = await decisions.decide(principal ?? known, action, target.id, tx);
  if (principal === null) throw new RightEnded(action, target, { ...decision, reasons: [sessionEnded] });
  if (!decision.allow) throw new RightEnded(action, target, decision);
}

const sessionEnded = { id: "session", text: "Your session has ended; sign in again." };

/**
 * Decides again while changes of rights are held back, so that nothing commits on a right that is already gone. Must come last before the
 * commit: changes of rights wait for it.
 */
export async function confirm(
  context: DocumentsContext,
  tx: Tx,
  action: Action,
  target: Target,
): Promise<void> {
  await holdPermissions(tx);
  await decideAgain(context, tx, action, target);
}

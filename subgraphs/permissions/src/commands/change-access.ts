import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError, type Reason } from "@onrecord/core/errors";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { changeRights } from "@onrecord/policy/change-rights";
import type { Decision } from "@onrecord/policy/decision";
import { onRecord } from "@onrecord/policy/on-record";
import { type OwnRight, readOwnRight } from "@onrecord/policy/own-right";
import { byCaller, principalOfSession } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { PermissionsContext } from "../context.js";
import type { Resource } from "../resource.js";

/** What was decided to be done: nothing, or a change of what a principal has on the resource. */
export type AccessPlan<T> =
  | { readonly result: T }
  | { readonly principalId: string; readonly write: () => Promise<T> };

/** Thrown inside the transaction, so that nothing of it is kept. */
class Refused extends Error {
  constructor(readonly decision: Decision) {
    super("the change was refused");
  }
}

/** The session ended between the request and its transaction. */
class SessionEnded extends Error {}

/** What a change works with. `own` is the caller's right on the resource; nobody else changes a right before the commit. */
export interface Changing {
  readonly em: EntityManager;
  readonly tx: RecordedTx;
  readonly own: OwnRight;
  /** Refuses the change for this reason, unless there is none. */
  refuse(reason: Reason | null): void;
}

/**
 * Changes who may do what on a resource, for somebody who may manage it. Whether they may is decided in the transaction, while it is the
 * only one that changes rights (`changeRights`). Refusals are on the record before the caller hears of them.
 */
export async function changeAccess<T>(
  context: PermissionsContext,
  resource: Resource,
  plan: (changing: Changing) => Promise<AccessPlan<T>>,
): Promise<T> {
  const { caller, em, guard, rights } = context;
  // Strangers are turned away before anybody waits for them.
  await guard.authorize(caller, "manage", resource);
  try {
    const { result, revision } = await changeRights(context, byCaller(caller), async (tx) => {
      const own = await ownRight(context, tx, resource);
      const refuse = (reason: Reason | null) => {
        if (reason) throw new Refused({ ...own.manage, allow: false, reasons: [reason] });
      };
      if (!own.manage.allow) throw new Refused(own.manage);
      const inner = unitOfWork(em, tx);
      const planned = await plan({ em: inner, tx, own, refuse });
      if ("result" in planned) return planned;
      const { principalId, write } = planned;
      return {
        touches: { grants: [{ principalId, resourceId: resource.id }] },
        write: async () => {
          const result = await write();
          await inner.flush();
          return result;
        },
      };
    });
    // Whoever changes a right hears of it when it is in force.
    await rights.inForce(revision);
    return result;
  } catch (error) {
    if (error instanceof Refused) throw await guard.deny(caller, "manage", resource, error.decision);
    if (error instanceof SessionEnded) throw await sessionEnded(context, resource);
    throw error;
  }
}

async function ownRight(
  { caller, decisions, guard }: PermissionsContext,
  tx: Tx,
  resource: Resource,
): Promise<OwnRight> {
  const { sessionId } = guard.requirePrincipal(caller);
  const principal = await principalOfSession(tx, sessionId);
  if (principal === null) throw new SessionEnded();
  return readOwnRight(tx, decisions, principal, resource.id);
}

async function sessionEnded({ caller, ledger }: PermissionsContext, object: Resource): Promise<AppError> {
  const detail = { permission: "manage", reasons: ["session"] };
  await ledger.recordLater({ action: "access.denied", by: byCaller(caller), object, detail });
  return onRecord(new AppError("UNAUTHENTICATED", "Your session has ended; sign in again."));
}

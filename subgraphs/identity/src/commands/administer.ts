import { AppError, type Reason } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import type { ObjectKind } from "@onrecord/ledger/events/catalogue";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { changeRights, type Plan } from "@onrecord/policy/change-rights";
import type { Decision } from "@onrecord/policy/decision";
import { FIRM_ID } from "@onrecord/policy/levels";
import { onRecord } from "@onrecord/policy/on-record";
import { type OwnRight, readOwnRight } from "@onrecord/policy/own-right";
import { byCaller, type Principal, principalOfSession } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";

/** What is administered. */
export interface Administered {
  readonly kind: Extract<ObjectKind, "USER" | "DEPARTMENT" | "ROLE" | "FIRM">;
  readonly id: string;
}

/** Thrown inside the transaction, so that nothing of it is kept. */
class Refused extends Error {
  constructor(readonly decision: Decision) {
    super("the change was refused");
  }
}
/** What was to be changed is not there. */
class Unknown extends Error {}
/** The session ended between the request and its transaction. */
class SessionEnded extends Error {}

/** What a change works with. Nobody else changes people, or anybody's right, before the commit. */
export interface Administering {
  readonly tx: RecordedTx;
  readonly principal: Principal;
  /** What the administrator holds on the firm. */
  readonly own: OwnRight;
  /** Refuses the change for this reason, unless there is none. */
  refuse(reason: Reason | null): void;
  /** What was found, or NOT_FOUND on the record. */
  found<T>(what: T | null | undefined): T;
}

/** The error of the database that says that a firm would be left without an administrator. */
const LAST_ADMINISTRATOR = "OR001";
const lastAdministrator: Reason = {
  id: "last-administrator",
  text: "Nobody else who can sign in would administer the firm: make another administrator first.",
};

/**
 * Changes people, departments or roles, for somebody who may. Whether they may is decided in the transaction, while it is the only one that
 * changes rights (`changeRights`): of two administrators at once, the second goes by what the first has done. Refusals are on the record
 * before the caller hears of them; what loses rights is closed before this returns.
 */
export async function administer<T>(
  context: IdentityContext,
  object: Administered,
  plan: (administering: Administering) => Promise<Plan<T>>,
): Promise<T> {
  const { caller, guard, rights } = context;
  // Strangers are turned away before anybody waits for them.
  await guard.authorizeFirm(caller, "managePeople");
  if (!isId(object.id)) throw await guard.denyUnknown(caller, "managePeople", object);
  let allowed: Decision | undefined;
  try {
    const { result, revision } = await changeRights(context, byCaller(caller), async (tx) => {
      const principal = await principalOfSession(tx, guard.requirePrincipal(caller).sessionId);
      if (principal === null) throw new SessionEnded();
      const decision = await context.decisions.decide(principal, "managePeople", FIRM_ID, tx);
      if (!decision.allow) throw new Refused(decision);
      allowed = decision;
      const refuse = (reason: Reason | null) => {
        if (reason) throw new Refused({ ...decision, allow: false, reasons: [reason] });
      };
      const found = <F>(what: F | null | undefined): F => {
        if (what === null || what === undefined) throw new Unknown();
        return what;
      };
      const own = await readOwnRight(tx, context.decisions, principal, FIRM_ID);
      return plan({ tx, principal, own, refuse, found });
    });
    // Whoever changes a right hears of it when it is in force.
    await rights.inForce(revision);
    return result;
  } catch (error) {
    if (error instanceof Refused) throw await guard.deny(caller, "managePeople", object, error.decision);
    if (error instanceof Unknown) throw await guard.denyUnknown(caller, "managePeople", object);
    if (error instanceof SessionEnded) throw await sessionEnded(context, object);
    if (allowed && codeOf(error) === LAST_ADMINISTRATOR)
      throw await guard.deny(caller, "managePeople", object, {
        ...allowed,
        allow: false,
        reasons: [lastAdministrator],
      });
    throw error;
  }
}

/** The database's code of an error, wherever in it that stands. */
export function codeOf(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) if ("code" in at) return at.code;
  return undefined;
}

async function sessionEnded({ caller, ledger }: IdentityContext, object: Administered): Promise<AppError> {
  const detail = { permission: "managePeople", reasons: ["session"] };
  await ledger.record({ action: "access.denied", by: byCaller(caller), object, detail });
  return onRecord(new AppError("UNAUTHENTICATED", "Your session has ended; sign in again."));
}

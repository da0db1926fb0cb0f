import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { concludeChange } from "@onrecord/policy/change";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";
import { endLocked, lockOwnSessions } from "./open-sessions.js";

/**
 * Ends one of the caller's own sessions: when it returns, all that was open on it is closed. Returns false when it had ended already.
 * Somebody else's is NOT_FOUND, as one that never was, and the attempt is on the record.
 */
export async function endSession(
  context: IdentityContext,
  principal: Principal,
  sessionId: string,
): Promise<boolean> {
  const { bus, caller, ledger, rights } = context;
  if (!(await isOwn(context, principal, sessionId))) throw await refused(context, sessionId);
  let revision: number | null = null;
  const ended = await ledger.transaction(byCaller(caller), async (tx) => {
    if (!(await lockOwnSessions(tx, principal)).includes(sessionId)) return false;
    await endLocked(tx, [sessionId], "ended-by-owner");
    revision = await concludeChange(tx, bus);
    return true;
  });
  await rights.inForce(revision);
  return ended;
}

async function isOwn({ db }: IdentityContext, { userId }: Principal, sessionId: string): Promise<boolean> {
  if (!isId(sessionId)) return false;
  const found = await db.query("select from identity.session where id = $1 and user_id = $2", [
    sessionId,
    userId,
  ]);
  return found.length > 0;
}

async function refused({ caller, ledger }: IdentityContext, sessionId: string): Promise<AppError> {
  await ledger.record({
    action: "access.denied",
    by: byCaller(caller),
    object: { kind: "SESSION", id: isId(sessionId) ? sessionId : null },
    detail: { permission: "end-session", reasons: [] },
  });
  return new AppError("NOT_FOUND", "You have no such session.");
}

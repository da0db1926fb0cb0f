import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { changeRights } from "@onrecord/policy/change-rights";
import { onRecord } from "@onrecord/policy/on-record";
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
  const { caller, rights } = context;
  if (!(await isOwn(context, principal, sessionId))) throw await refused(context, sessionId);
  const { result, revision } = await changeRights(context, byCaller(caller), async (tx) => ({
    touches: { sessions: [sessionId] },
    write: async () => {
      if (!(await lockOwnSessions(tx, principal)).includes(sessionId)) return false;
      await endLocked(tx, [sessionId], "ended-by-owner");
      return true;
    },
  }));
  await rights.inForce(revision);
  return result;
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
  await ledger.recordLater({
    action: "access.denied",
    by: byCaller(caller),
    object: { kind: "SESSION", id: isId(sessionId) ? sessionId : null },
    detail: { permission: "end-session", reasons: [] },
  });
  return onRecord(new AppError("NOT_FOUND", "You have no such session."));
}

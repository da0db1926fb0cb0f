import { changeRights } from "@onrecord/policy/change-rights";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { IdentityContext } from "../context.js";
import { SessionEntity } from "../entities/session.js";

/** Ends the caller's session everywhere: when it returns, all that was open on it is closed. Returns false when it had ended already. */
export async function signOut(context: IdentityContext, { sessionId }: Principal): Promise<boolean> {
  const { caller, em, rights } = context;
  const { result, revision } = await changeRights(context, byCaller(caller), async (tx) => ({
    touches: { sessions: [sessionId] },
    write: async () => {
      const ended = await unitOfWork(em, tx).nativeUpdate(
        SessionEntity,
        { id: sessionId, endedAt: null },
        { endedAt: new Date() },
      );
      if (ended === 0) return false;
      await tx.append({
        action: "session.ended",
        object: { kind: "SESSION", id: sessionId },
        detail: { cause: "sign-out" },
      });
      return true;
    },
  }));
  await rights.inForce(revision);
  return result;
}

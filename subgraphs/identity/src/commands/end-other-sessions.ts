import { changeRights } from "@onrecord/policy/change-rights";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";
import { endLocked, lockOwnSessions, otherSessions } from "./open-sessions.js";

/** Ends all sessions of the caller but this one, with what is open on them. Returns how many those were. */
export async function endOtherSessions(context: IdentityContext, principal: Principal): Promise<number> {
  const { caller, rights } = context;
  const { result, revision } = await changeRights(context, byCaller(caller), async (tx) => ({
    touches: { sessions: await otherSessions(tx, principal) },
    write: async () => {
      const others = (await lockOwnSessions(tx, principal)).filter((id) => id !== principal.sessionId);
      await endLocked(tx, others, "ended-by-owner");
      return others.length;
    },
  }));
  await rights.inForce(revision);
  return result;
}

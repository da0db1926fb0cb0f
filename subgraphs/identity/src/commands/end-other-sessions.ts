import { concludeChange } from "@onrecord/policy/change";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";
import { endLocked, lockOwnSessions } from "./open-sessions.js";

/** Ends all sessions of the caller but this one, with what is open on them. Returns how many those were. */
export async function endOtherSessions(context: IdentityContext, principal: Principal): Promise<number> {
  const { bus, caller, ledger, rights } = context;
  let revision: number | null = null;
  const ended = await ledger.transaction(byCaller(caller), async (tx) => {
    const others = (await lockOwnSessions(tx, principal)).filter((id) => id !== principal.sessionId);
    if (others.length === 0) return 0;
    await endLocked(tx, others, "ended-by-owner");
    revision = await concludeChange(tx, bus);
    return others.length;
  });
  await rights.inForce(revision);
  return ended;
}

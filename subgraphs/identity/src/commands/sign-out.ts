import { concludeChange } from "@onrecord/policy/change";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { IdentityContext } from "../context.js";
import { SessionEntity } from "../entities/session.js";

/** Ends the caller's session everywhere: when it returns, all that was open on it is closed. Returns false when it had ended already. */
export async function signOut(context: IdentityContext, principal: Principal): Promise<boolean> {
  const { bus, caller, em, ledger, rights } = context;
  let revision: number | null = null;
  const signedOut = await ledger.transaction(byCaller(caller), async (tx) => {
    const ended = await unitOfWork(em, tx).nativeUpdate(
      SessionEntity,
      { id: principal.sessionId, endedAt: null },
      { endedAt: new Date() },
    );
    if (ended === 0) return false;
    await tx.append({
      action: "session.ended",
      object: { kind: "SESSION", id: principal.sessionId },
      detail: { cause: "sign-out" },
    });
    revision = await concludeChange(tx, bus);
    return true;
  });
  await rights.inForce(revision);
  return signedOut;
}

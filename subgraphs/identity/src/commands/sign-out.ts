import { byCaller, type Principal } from "@onrecord/policy/principal";
import { bumpRevision } from "@onrecord/policy/resources";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { IdentityContext } from "../context.js";
import { SessionEntity } from "../entities/session.js";

/** Ends the caller's session everywhere. Returns false when it had ended already. */
export async function signOut(context: IdentityContext, principal: Principal): Promise<boolean> {
  const { bus, caller, em, ledger } = context;
  return ledger.transaction(byCaller(caller), async (tx) => {
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
    // Last: from here to the commit no edit can commit anywhere.
    const revision = await bumpRevision(tx);
    tx.onCommit(() => bus.publish("permissions.changed", { revision }));
    return true;
  });
}

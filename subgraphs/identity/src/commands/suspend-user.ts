import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import type { IdentityContext } from "../context.js";
import { readPerson, refuseGiving, refuseLonger } from "../person.js";
import type { SuspendUserInput } from "../types/people-inputs.js";
import type { UserType } from "../types/user-type.js";
import { administer } from "./administer.js";
import { lockAccount, recordEnded } from "./open-sessions.js";

/** Suspends an account: its sessions end with what is open on them. One that is suspended stays as it is. */
export function suspendUser(
  context: IdentityContext,
  { userId, reason }: SuspendUserInput,
): Promise<UserType> {
  return administer(context, { kind: "USER", id: userId }, async ({ tx, principal, own, refuse, found }) => {
    const person = found(await readPerson(tx, userId));
    if (!person.active) return { result: person };
    refuse(refuseLonger(own, person));
    return {
      touches: { people: [userId] },
      write: async () => {
        const open = await lockAccount(tx, userId);
        const detail = { reason, endedSessions: open.length };
        await tx.append({ action: "user.suspended", object: { kind: "USER", id: userId }, detail });
        await setActive(tx, principal.sessionId, userId, false, open);
        return found(await readPerson(tx, userId));
      },
    };
  });
}

/** Ends a suspension. What it ended stays ended. */
export function reinstateUser(context: IdentityContext, userId: string): Promise<UserType> {
  return administer(context, { kind: "USER", id: userId }, async ({ tx, principal, own, refuse, found }) => {
    const person = found(await readPerson(tx, userId));
    if (person.active) return { result: person };
    refuse(refuseLonger(own, person) ?? refuseGiving(own, person.expiresAt));
    return {
      touches: { people: [userId] },
      write: async () => {
        // What a sign-in of an older build began while the account was being suspended.
        const open = await lockAccount(tx, userId);
        await tx.append({ action: "user.reinstated", object: { kind: "USER", id: userId }, detail: {} });
        await setActive(tx, principal.sessionId, userId, true, open);
        return found(await readPerson(tx, userId));
      },
    };
  });
}

/** Writes it, and ends sessions that are locked, each with its entry. */
async function setActive(
  tx: RecordedTx,
  bySession: string,
  userId: string,
  active: boolean,
  sessions: readonly string[],
): Promise<void> {
  const cause: AuditEvents["session.ended"]["cause"] = "suspended";
  await recordEnded(tx, sessions, cause);
  await tx.query("select identity.set_active($1, $2, $3)", [bySession, userId, active]);
}

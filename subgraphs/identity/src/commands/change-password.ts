import { AppError } from "@onrecord/core/errors";
import { networkOf } from "@onrecord/core/network";
import { checkText } from "@onrecord/core/text";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { changeRights } from "@onrecord/policy/change-rights";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import type { IdentityContext } from "../context.js";
import { checkNewPassword, hashPassword, MAX_PASSWORD, passwordFault } from "../password.js";
import { endLocked, lockOwnSessions, otherSessions } from "./open-sessions.js";

/** The password that somebody has and the one that they want. */
export interface PasswordChange {
  readonly current: string;
  readonly new: string;
}

/**
 * Changes the caller's password and ends all their other sessions: whoever else knew the old one, or holds a token that was got with it,
 * is out. The old one is asked for, and held to the limits of signing in, since a session may be in another's hands. Returns how many
 * sessions were ended.
 */
export async function changePassword(
  context: IdentityContext,
  principal: Principal,
  given: PasswordChange,
): Promise<number> {
  const { caller, db, ledger, rights } = context;
  checkGiven(given);
  const network = networkOf(caller.from.ip);
  const { familiar } = await context.accounts.find(principal.email, { network, device: null });
  const succeeded = context.signInLimits.attempt({
    network,
    email: principal.email,
    knownDevice: null,
    knownNetwork: familiar.network,
  });
  if (!succeeded)
    throw new AppError("RATE_LIMITED", "Too many attempts with this account; wait a minute and try again.");
  const known = await storedHash(db, principal);
  const asker = { network, account: principal.email, familiar: true };
  if (!(await context.passwords.verify(known, given.current, asker))) {
    await ledger.recordLater({
      action: "password.change-refused",
      by: byCaller(caller),
      object: { kind: "USER", id: principal.userId },
      detail: { reason: "credentials" },
    });
    const text = "The current password is wrong.";
    throw new AppError("BAD_USER_INPUT", text, { reasons: [{ id: "current-password", text }] });
  }
  succeeded();

  const hash = await hashPassword(given.new);
  const { result, revision } = await changeRights(context, byCaller(caller), async (tx) => ({
    touches: { sessions: await otherSessions(tx, principal) },
    write: () => change(tx, principal, known, hash),
  }));
  await rights.inForce(revision);
  return result;
}

/** Writes it, and ends the other sessions; returns how many those were. */
async function change(
  tx: RecordedTx,
  principal: Principal,
  known: string | null,
  hash: string,
): Promise<number> {
  // From here on, whoever signs in with the old password waits, and is refused: their session would escape the end of all others.
  const [user] = await tx.query<{ hash: string | null }>(
    "select password_hash as hash from identity.user where id = $1 for no key update",
    [principal.userId],
  );
  if (user?.hash !== known)
    throw new AppError("CONFLICT", "The password has just been changed elsewhere; try again with that one.");
  const others = (await lockOwnSessions(tx, principal)).filter((id) => id !== principal.sessionId);
  await tx.query("update identity.user set password_hash = $2 where id = $1", [principal.userId, hash]);
  await tx.append({
    action: "password.changed",
    object: { kind: "USER", id: principal.userId },
    detail: { endedSessions: others.length },
  });
  await endLocked(tx, others, "password-changed");
  return others.length;
}

async function storedHash(db: IdentityContext["db"], { userId }: Principal): Promise<string | null> {
  const [user] = await db.query<{ hash: string | null }>(
    "select password_hash as hash from identity.user where id = $1",
    [userId],
  );
  return user?.hash ?? null;
}

/** Throws BAD_USER_INPUT for what cannot be a password, and for one that is no new one. */
function checkGiven({ current, new: wanted }: PasswordChange): void {
  checkText(current.slice(0, MAX_PASSWORD + 1), "The current password");
  if (current.length > MAX_PASSWORD)
    throw passwordFault("current-password", "The current password is wrong.");
  checkNewPassword(wanted);
  if (wanted === current)
    throw passwordFault("same-password", "The new password is the current one; choose another.");
}

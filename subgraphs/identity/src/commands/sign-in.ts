import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { checkText } from "@onrecord/core/text";
import type { By } from "@onrecord/ledger/ledger";
import { onRecord } from "@onrecord/policy/on-record";
import { authenticate, byCaller, type Principal } from "@onrecord/policy/principal";
import { unitOfWork } from "@onrecord/postgres/orm";
import type { IdentityContext } from "../context.js";
import { type User, UserEntity } from "../entities/user.js";
import { MAX_PASSWORD, verifyPassword } from "../password.js";
import { startSession } from "./start-session.js";

/** Longest e-mail address taken, in characters: 254 are the most that mail can be sent to (RFC 5321). */
const MAX_EMAIL = 254;

/** Proves an e-mail address and a password, and starts a session. Every failure looks the same from outside and is recorded. */
export async function signIn(
  context: IdentityContext,
  given: { email: string; password: string },
): Promise<{ token: string; principal: Principal }> {
  const { em, ledger, caller } = context;
  // Bounded before anything reads it: one of megabytes would hold everybody up, and be remembered.
  const email = given.email
    .slice(0, MAX_EMAIL + 1)
    .trim()
    .toLowerCase();
  const succeeded = context.signInLimits.attempt(caller.from.ip, email);
  if (!succeeded)
    throw new AppError("RATE_LIMITED", "Too many attempts to sign in; wait a minute and try again.");
  try {
    checkGiven(given);
  } catch (unusable) {
    await refuse(context, email, "credentials");
    throw unusable;
  }

  const user = await em.findOne(UserEntity, { email }, { populate: ["passwordHash"] });
  const proven =
    given.password.length <= MAX_PASSWORD &&
    (await verifyPassword(user?.passwordHash ?? null, given.password));
  const reason = refusal(user, proven);
  if (user === null || reason !== null) {
    await refuse(context, email, reason ?? "credentials");
    throw onRecord(new AppError("UNAUTHENTICATED", "The e-mail address or the password is wrong."));
  }

  succeeded();
  const id = newId();
  const by: By = { ...byCaller(caller), actorKind: "USER", actorId: user.id, sessionId: id };
  const token = await ledger.transaction(by, (tx) =>
    startSession(unitOfWork(em, tx), tx, {
      id,
      userId: user.id,
      kind: "BROWSER",
      hours: context.config.limits.sessionHours,
      object: { kind: "SESSION", id },
    }),
  );
  const principal = await authenticate(context.db, token);
  if (principal === null) throw new AppError("UNAUTHENTICATED", "The account ended while you signed in.");
  return { token, principal };
}

/** Throws BAD_USER_INPUT for what is no e-mail address and no password of anybody. */
function checkGiven({ email, password }: { email: string; password: string }): void {
  if (email.length > MAX_EMAIL)
    throw new AppError("BAD_USER_INPUT", `An e-mail address has at most ${MAX_EMAIL} characters.`);
  checkText(email, "The e-mail address");
  if (password.length <= MAX_PASSWORD) checkText(password, "The password");
}

/** Why a sign-in is refused; null: it is not. What is wrong with an account is told, even to the record, only behind its password. */
function refusal(user: User | null, proven: boolean): "credentials" | "inactive" | "expired" | null {
  if (user === null || !proven) return "credentials";
  if (!user.active) return "inactive";
  if (user.expiresAt && user.expiresAt <= new Date()) return "expired";
  return null;
}

async function refuse(
  { ledger, caller }: IdentityContext,
  email: string,
  reason: "credentials" | "inactive" | "expired",
): Promise<void> {
  const from = { ...caller.from, claimed: email };
  await ledger.record({
    action: "session.refused",
    // Nobody was proven, even where the browser still holds somebody's session.
    by: { actorKind: "ANONYMOUS", actorId: null, sessionId: null, requestId: caller.requestId, from },
    object: null,
    detail: { reason },
  });
}

import { randomBytes } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { networkOf } from "@onrecord/core/network";
import { checkText } from "@onrecord/core/text";
import type { By } from "@onrecord/ledger/ledger";
import { onRecord } from "@onrecord/policy/on-record";
import { authenticate, byCaller, type Principal } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import type { Account, Found } from "../accounts.js";
import type { IdentityContext } from "../context.js";
import { type Place, rememberPlace } from "../familiar-places.js";
import { MAX_PASSWORD } from "../password.js";
import type { Asker } from "../passwords/password-pool.js";
import { startSession } from "./start-session.js";

/** Longest e-mail address taken, in characters: 254 are the most that mail can be sent to (RFC 5321). */
const MAX_EMAIL = 254;

/** What a device is given: 32 random bytes in base64url. */
const DEVICE = /^[\w-]{43}$/;

/** What somebody signs in with. */
export interface Given {
  readonly email: string;
  readonly password: string;
  /** What the device was given before; "": none yet, it wants one. */
  readonly device?: string | null;
}

const nobody: Found = { account: null, familiar: { network: false, device: false } };

/** Proves an e-mail address and a password, and starts a session. Every failure looks the same from outside and is recorded. */
export async function signIn(
  context: IdentityContext,
  given: Given,
): Promise<{ token: string; device: string | null; principal: Principal }> {
  const { ledger, caller } = context;
  // Bounded before anything reads it: one of megabytes would hold everybody up, and be remembered.
  const email = given.email
    .slice(0, MAX_EMAIL + 1)
    .trim()
    .toLowerCase();
  const place = placeOf(context, given);
  const fault = faultOf(given);
  // What nobody can have is not looked for.
  const { account, familiar } = fault ? nobody : await context.accounts.find(email, place);
  const succeeded = context.signInLimits.attempt({
    network: place.network,
    email,
    knownDevice: familiar.device ? place.device : null,
    knownNetwork: familiar.network,
  });
  if (!succeeded) {
    await refuse(context, email, "too-many");
    throw tooMany();
  }
  if (fault) {
    await refuse(context, email, "credentials");
    throw fault;
  }

  const asker = { network: place.network, account: email, familiar: familiar.network || familiar.device };
  const proven = await isPassword(context, given.password, account?.passwordHash ?? null, asker);
  const reason = refusal(account, proven);
  if (account === null || reason !== null) {
    await refuse(context, email, reason ?? "credentials");
    throw onRecord(new AppError("UNAUTHENTICATED", "The e-mail address or the password is wrong."));
  }

  const id = newId();
  const by: By = { ...byCaller(caller), actorKind: "USER", actorId: account.id, sessionId: id };
  const wanted = typeof given.device === "string";
  const device = wanted ? (place.device ?? randomBytes(32).toString("base64url")) : null;
  const { id: originId } = await ledger.provenances.of(caller.from);
  const token = await ledger.transaction(by, async (tx) => {
    if (!(await stillStands(tx, account))) return null;
    await rememberPlace(tx, account.id, { ...place, device });
    return startSession(tx, {
      id,
      userId: account.id,
      kind: "BROWSER",
      limits: context.config.limits,
      originId,
      object: { kind: "SESSION", id },
    });
  });
  if (token === null) {
    await refuse(context, email, "credentials");
    throw onRecord(new AppError("UNAUTHENTICATED", "The e-mail address or the password is wrong."));
  }
  succeeded();
  const principal = await authenticate(context.db, token);
  if (principal === null) throw new AppError("UNAUTHENTICATED", "The account ended while you signed in.");
  return { token, device, principal };
}

/** Whether a password is the one kept, on the threads that passwords have; where they have too much to do, that is on the record. */
async function isPassword(
  context: IdentityContext,
  password: string,
  stored: string | null,
  asker: Asker,
): Promise<boolean> {
  if (password.length > MAX_PASSWORD) return false;
  try {
    return await context.passwords.verify(stored, password, asker);
  } catch (error) {
    if (error instanceof AppError && error.code === "RATE_LIMITED")
      await refuse(context, asker.account, "too-many");
    throw error;
  }
}

/** BAD_USER_INPUT for what is no e-mail address and no password of anybody; null: nothing is wrong. */
function faultOf({ email, password, device }: Given): AppError | null {
  try {
    if (email.length > MAX_EMAIL)
      throw new AppError("BAD_USER_INPUT", `An e-mail address has at most ${MAX_EMAIL} characters.`);
    checkText(email, "The e-mail address");
    if (password.length <= MAX_PASSWORD) checkText(password, "The password");
    // What is no device's in another way is as none: a browser may keep what it was never given.
    checkText((device ?? "").slice(0, MAX_EMAIL), "The device");
    return null;
  } catch (fault) {
    if (fault instanceof AppError) return fault;
    throw fault;
  }
}

/** Where a sign-in comes from. What is no device's is as none. */
function placeOf({ caller }: IdentityContext, { device }: Given): Place {
  const isOne = typeof device === "string" && DEVICE.test(device);
  return { network: networkOf(caller.from.ip), device: isOne ? device : null };
}

function tooMany(): AppError {
  return new AppError(
    "RATE_LIMITED",
    "Too many attempts to sign in; wait a few minutes, or sign in from where you did before.",
  );
}

/** Why a sign-in is refused; null: it is not. What is wrong with an account is told, even to the record, only behind its password. */
function refusal(account: Account | null, proven: boolean): "credentials" | "inactive" | "expired" | null {
  if (account === null || !proven) return "credentials";
  if (!account.active) return "inactive";
  if (account.expiresAt && account.expiresAt <= new Date()) return "expired";
  return null;
}

/**
 * Whether the password that was proven is still theirs, and the account not suspended. Whoever changes either waits for the commit, and
 * then ends the session with the others; or has changed it, and this is refused: a session that an old password gave does not outlive it.
 */
async function stillStands(tx: Tx, { id, passwordHash }: Account): Promise<boolean> {
  const [row] = await tx.query<{ stands: boolean }>(
    "select active and password_hash is not distinct from $2 as stands from identity.user where id = $1 for share",
    [id, passwordHash],
  );
  return row?.stands ?? false;
}

async function refuse(
  { ledger, caller }: IdentityContext,
  email: string,
  reason: "credentials" | "inactive" | "expired" | "too-many",
): Promise<void> {
  const from = { ...caller.from, claimed: email };
  await ledger.refuse({
    action: "session.refused",
    // Nobody was proven, even where the browser still holds somebody's session.
    by: { actorKind: "ANONYMOUS", actorId: null, sessionId: null, requestId: caller.requestId, from },
    object: null,
    detail: { reason },
  });
}

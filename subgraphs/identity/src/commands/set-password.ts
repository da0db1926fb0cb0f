import { AppError } from "@onrecord/core/errors";
import { networkOf } from "@onrecord/core/network";
import { checkText } from "@onrecord/core/text";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { By } from "@onrecord/ledger/ledger";
import { changeRights } from "@onrecord/policy/change-rights";
import { onRecord } from "@onrecord/policy/on-record";
import { byCaller, type Caller, hashToken } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";
import type { IdentityContext } from "../context.js";
import { checkNewPassword, hashPassword } from "../password.js";
import type { ReadyAccountType, SetPasswordInput } from "../types/password-link.js";
import { lockAccount, recordEnded } from "./open-sessions.js";

type Refusal = AuditEvents["password.link-refused"]["reason"];

const sentences: Record<Exclude<Refusal, "too-many">, string> = {
  unknown: "This link is none of ours; open it as it was given to you.",
  used: "This link was used already; ask an administrator for another one.",
  revoked: "This link is void; ask an administrator for another one.",
  expired: "The time of this link is over; ask an administrator for another one.",
  inactive: "This account cannot be used; ask an administrator.",
};

/** Thrown inside the transaction: somebody else was faster. */
class Late extends Error {}

/**
 * Sets the password of the account that a link is for, and ends its sessions: whoever was in it without its owner is out. Nobody is proven
 * by it, whoever's session the browser holds. Every refusal is on the record. Nothing is hashed for whoever brings no link that is open.
 */
export async function setPassword(
  context: IdentityContext,
  { token, password }: SetPasswordInput,
): Promise<ReadyAccountType> {
  const { caller, db, rights } = context;
  checkText(token.slice(0, 256), "The token");
  checkNewPassword(password);
  const tokenHash = hashToken(token.slice(0, 256));
  const link = await stateOf(db, tokenHash);
  if (link?.state !== "open") throw await refused(context, link?.userId ?? null, link?.state ?? "unknown");
  const hash = await hashPassword(password);
  const { userId } = link;
  try {
    const { result, revision } = await changeRights(context, nobody(caller), async (tx) => ({
      touches: { people: [userId] },
      write: async () => {
        const open = await lockAccount(tx, userId);
        await tx.append({
          action: "password.set",
          object: { kind: "USER", id: userId },
          detail: { endedSessions: open.length },
        });
        await recordEnded(tx, open, "password-set");
        const [row] = await tx.query<{ email: string }>(
          "select u.email from identity.use_password_link($1, $2) l (id) join identity.user u on u.id = l.id",
          [tokenHash, hash],
        );
        if (!row) throw new Late();
        return { email: row.email };
      },
    }));
    await rights.inForce(revision);
    return result;
  } catch (error) {
    if (!(error instanceof Late)) throw error;
    const now = await stateOf(db, tokenHash);
    throw await refused(context, userId, now === undefined || now.state === "open" ? "used" : now.state);
  }
}

/** On whose account something is done with a secret that proves nobody. */
export function nobody(caller: Caller): By {
  return byCaller({ ...caller, principal: null });
}

async function stateOf(
  db: Sql,
  tokenHash: Buffer,
): Promise<{ userId: string; state: Exclude<Refusal, "unknown" | "too-many"> | "open" } | undefined> {
  const [row] = await db.query<{
    userId: string;
    state: Exclude<Refusal, "unknown" | "too-many"> | "open";
  }>(`select user_id as "userId", state from identity.password_link_state($1)`, [tokenHash]);
  return row;
}

async function refused(
  { caller, ledger, linkLimits }: IdentityContext,
  userId: string | null,
  why: Exclude<Refusal, "too-many">,
): Promise<AppError> {
  const reason: Refusal = linkLimits.mayFail(networkOf(caller.from.ip)) ? why : "too-many";
  await ledger.refuse({
    action: "password.link-refused",
    by: nobody(caller),
    object: userId === null ? null : { kind: "USER", id: userId },
    detail: { reason },
  });
  if (reason === "too-many")
    return new AppError("RATE_LIMITED", "Too many attempts with links; wait a minute and try again.");
  const text = sentences[reason];
  return onRecord(new AppError("FORBIDDEN", text, { reasons: [{ id: `link-${reason}`, text }] }));
}

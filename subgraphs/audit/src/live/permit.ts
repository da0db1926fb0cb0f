import { AppError } from "@onrecord/core/errors";
import type { Decision } from "@onrecord/policy/decision";
import type { Caller, Principal } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";

/** Throws when the caller may no longer have what they follow. */
export type Permit = (revision: number) => Promise<void>;

/**
 * Decides again whenever permissions moved on or time ended what the last decision rested on. The caller is read anew each
 * time: the session may have ended, and roles may have changed, since the subscription began.
 */
export function permit(
  sql: Sql,
  caller: Caller,
  authorize: (caller: Caller) => Promise<Decision>,
  first: Decision,
): Permit {
  const endOf = (principal: Principal | null, { expiresAt }: Decision) =>
    Math.min(Date.parse(principal?.expiresAt ?? ""), expiresAt === null ? Infinity : Date.parse(expiresAt));
  let holds = { revision: first.revision, until: endOf(caller.principal, first) };
  return async (revision) => {
    if (revision <= holds.revision && Date.now() < holds.until) return;
    const principal = caller.principal && (await readPrincipal(sql, caller.principal.sessionId));
    if (principal === null) throw new AppError("UNAUTHENTICATED", "Your session has ended.");
    const decision = await authorize({ ...caller, principal });
    holds = { revision: decision.revision, until: endOf(principal, decision) };
  };
}

async function readPrincipal(sql: Sql, sessionId: string): Promise<Principal | null> {
  const [row] = await sql.query<Principal & { expires: Date }>(
    `select user_id as "userId", session_id as "sessionId", email, name, title, user_kind as "userKind", roles, expires_at as expires
     from identity.session_principal where session_id = $1 and expires_at > clock_timestamp()`,
    [sessionId],
  );
  if (!row) return null;
  const { expires, ...principal } = row;
  return { ...principal, expiresAt: expires.toISOString() };
}

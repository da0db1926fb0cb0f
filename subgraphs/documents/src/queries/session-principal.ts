import type { Principal } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";

/** Who a session stands for now, or null when it has ended: for what outlives the request that proved it. */
export async function principalOfSession(sql: Sql, sessionId: string): Promise<Principal | null> {
  const [row] = await sql.query<Principal & { expires: Date }>(
    `select user_id as "userId", session_id as "sessionId", email, name, title, user_kind as "userKind", roles, expires_at as expires
     from identity.session_principal where session_id = $1 and expires_at > clock_timestamp()`,
    [sessionId],
  );
  if (!row) return null;
  const { expires, ...principal } = row;
  return { ...principal, expiresAt: expires.toISOString() };
}

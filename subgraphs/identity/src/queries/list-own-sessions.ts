import type { Principal } from "@onrecord/policy/principal";
import { defineCursor } from "@onrecord/subgraph/cursor";
import { type PageArgs, pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import type { IdentityContext } from "../context.js";
import type { SessionType } from "../types/session-type.js";

const cursor = defineCursor("sessions", "id");

/** The caller's living sessions, the newest first. */
export async function listOwnSessions(
  { db }: IdentityContext,
  { userId, sessionId }: Principal,
  args: PageArgs,
): Promise<Connection<SessionType>> {
  const request = pageRequest(args, cursor);
  const backward = request.direction === "backward";
  const rows = await db.query<Omit<SessionType, "current">>(
    `select s.id, s.kind, s.created_at as "createdAt", s.used_at as "lastUsedAt", p.ends_at as "expiresAt", f.ip, f.user_agent as "userAgent"
     from identity.session s
     join identity.session_principal p on p.session_id = s.id and p.expires_at > clock_timestamp()
     left join identity.session_from f on f.session_id = s.id
     where s.user_id = $1 and s.ended_at is null and ($2::uuid is null or s.id ${backward ? ">" : "<"} $2)
     order by s.id ${backward ? "" : "desc"} limit $3`,
    [userId, request.from?.[0] ?? null, request.size + 1],
  );
  return toConnection(request, rows, {
    node: (row) => ({ ...row, current: row.id === sessionId }),
    position: ({ id }) => [id] as const,
    cursor,
    count: async () => {
      const [row] = await db.query<{ count: number }>(
        "select count(*) as count from identity.session_principal where user_id = $1 and expires_at > clock_timestamp()",
        [userId],
      );
      return row?.count ?? 0;
    },
  });
}

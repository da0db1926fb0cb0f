import type { Sql } from "@onrecord/postgres/database";
import type { Facts } from "./facts.js";
import type { Principal } from "./principal.js";

/** What a right rests on, read while no change of rights was under way. */
export interface Standing {
  readonly principal: Principal;
  /** Null for a right on the session alone, and for a resource that does not exist. */
  readonly facts: Facts | null;
  /** When session or grant end, in milliseconds since the epoch. */
  readonly until: number;
  /** The permission revision at which it was read. */
  readonly revision: number;
}

/** A right that is asked for: a session's on a resource (null: on nothing but itself), under an id of the asker's. */
export interface Asked {
  readonly id: string;
  readonly sessionId: string;
  readonly resourceId: string | null;
}

/** What a node sees of its rights at one moment. */
export interface Look {
  readonly revision: number;
  /** The time in the database. */
  readonly now: Date;
  /** Which transactions were committed: as before when nothing was since. */
  readonly snapshot: string;
  /** The ids of this node's rights that are void. */
  readonly void: readonly string[];
  /** How many rows this node has, void ones among them. */
  readonly stored: number;
}

interface Row extends Omit<Principal, "expiresAt" | "userId" | "sessionId"> {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly sessionEnds: Date;
  readonly kind: Facts["kind"] | null;
  readonly labels: string[];
  readonly level: number;
  readonly grantId: string | null;
  readonly grantEnds: Date | null;
  readonly revision: number;
}

/** Stores rights of living sessions (`permissions.stand`) and returns what each rests on, by id; those of ended sessions are absent. */
export async function stand(
  sql: Sql,
  nodeId: string,
  asked: readonly Asked[],
): Promise<Map<string, Standing>> {
  const rows = await sql.query<Row>(
    `select id, session_id as "sessionId", user_id as "userId", email, name, title, user_kind as "userKind", roles, session_ends as "sessionEnds",
       kind, labels, level, grant_id as "grantId", grant_ends as "grantEnds", revision
     from permissions.stand($1, $2, $3, $4)`,
    [
      nodeId,
      asked.map(({ id }) => id),
      asked.map(({ sessionId }) => sessionId),
      asked.map(({ resourceId }) => resourceId),
    ],
  );
  const resources = new Map(asked.map(({ id, resourceId }) => [id, resourceId]));
  return new Map(rows.map((row) => [row.id, standingOf(row, resources.get(row.id) ?? null)]));
}

function standingOf(row: Row, resourceId: string | null): Standing {
  const { kind, labels, level, grantId, grantEnds, sessionEnds, revision } = row;
  const { userId, sessionId, email, name, title, userKind, roles } = row;
  return {
    principal: {
      userId,
      sessionId,
      email,
      name,
      title,
      userKind,
      roles,
      expiresAt: sessionEnds.toISOString(),
    },
    facts:
      kind === null || resourceId === null
        ? null
        : { id: resourceId, kind, labels, level, grantId, expiresAt: grantEnds?.toISOString() ?? null },
    until: Math.min(sessionEnds.getTime(), grantEnds?.getTime() ?? Number.POSITIVE_INFINITY),
    revision,
  };
}

/** Looks at what has become of a node's rights: one cheap statement, whatever was changed. */
export async function lookAt(sql: Sql, nodeId: string): Promise<Look> {
  const [look] = await sql.query<Look>(
    `select v.revision, clock_timestamp() as now, pg_current_snapshot()::text as snapshot,
       array(select r.id from permissions.live_right r where r.node_id = $1 and r.void is not null) as void,
       (select count(*) from permissions.live_right r where r.node_id = $1) as stored
     from permissions.revision v`,
    [nodeId],
  );
  return look!;
}

/** The ids of all rights that a node has stored. */
export async function storedRights(sql: Sql, nodeId: string): Promise<Set<string>> {
  const rows = await sql.query<{ id: string }>("select id from permissions.live_right where node_id = $1", [
    nodeId,
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Takes rights away that nobody holds any more. */
export async function letGo(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.query("delete from permissions.live_right where id = any ($1::uuid[])", [ids]);
}

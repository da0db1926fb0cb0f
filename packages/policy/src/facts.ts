import type { Sql } from "@onrecord/postgres/database";
import type { Principal } from "./principal.js";

/** What the decision rests on for one resource and one principal, read in one snapshot. */
export interface Facts {
  readonly id: string;
  readonly kind: "FIRM" | "FOLDER" | "DOCUMENT";
  readonly labels: readonly string[];
  /** Highest level granted, 0 for none. */
  readonly level: number;
  /** The grant that gives it. */
  readonly grantId: string | null;
  /** When that grant ends. */
  readonly expiresAt: string | null;
}

/** A read of facts with the permission revision of the same snapshot. */
export interface FactsRead {
  readonly revision: number;
  readonly facts: ReadonlyMap<string, Facts>;
}

/** Grants that hold now, for everything that a user acts as. `$1` is the user. */
export const heldGrants = `
  select g.id, g.resource_id, g.level, g.expires_at
  from identity.acts_as($1) a
  join permissions.grant g on g.principal_id = a.principal_id
  where g.revoked_at is null and (g.expires_at is null or g.expires_at > clock_timestamp())`;

/** Reads the facts of some resources for a principal. Resources that do not exist are absent from the map. */
export async function readFacts(
  sql: Sql,
  principal: Principal,
  resourceIds: readonly string[],
): Promise<FactsRead> {
  const rows = await sql.query<{
    revision: number;
    id: string | null;
    kind: Facts["kind"] | null;
    labels: string[];
    level: number;
    grantId: string | null;
    expires: Date | null;
  }>(
    `select v.revision, ($2::uuid[])[f.ord] as id, f.kind, f.labels, f.level, f.grant_id as "grantId", f.grant_ends as expires
     from permissions.revision v
     left join permissions.facts_of($1, $2) f on true`,
    [resourceIds.map(() => principal.userId), resourceIds],
  );
  const facts = new Map<string, Facts>();
  for (const { id, kind, labels, level, grantId, expires } of rows) {
    if (id !== null && kind !== null)
      facts.set(id, { id, kind, labels, level, grantId, expiresAt: expires?.toISOString() ?? null });
  }
  return { revision: rows[0]?.revision ?? 0, facts };
}

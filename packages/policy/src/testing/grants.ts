import type { Bus } from "@onrecord/bus/bus";
import { newId } from "@onrecord/core/ids";
import type { Database, Sql } from "@onrecord/postgres/database";
import { concludeChange } from "../change.js";
import { type AccessLevel, levelNumber } from "../levels.js";

/** Grants a level without any subgraph and tells the bus. Returns the grant's id. */
export async function addGrant(
  context: { readonly db: Database; readonly bus: Bus },
  resourceId: string,
  principalId: string,
  level: AccessLevel,
  expiresAt: Date | null = null,
): Promise<string> {
  const id = newId();
  await context.db.transaction(async (tx) => {
    await tx.query(
      "insert into permissions.grant (id, resource_id, principal_id, level, granted_at, expires_at) values ($1, $2, $3, $4, now(), $5)",
      [id, resourceId, principalId, levelNumber(level), expiresAt],
    );
    await concludeChange(tx, context.bus);
  });
  return id;
}

/** Takes a grant away in an open transaction; the caller commits. */
export async function removeGrant(tx: Sql, grantId: string): Promise<void> {
  await tx.query("update permissions.grant set revoked_at = clock_timestamp() where id = $1", [grantId]);
  await tx.query("select permissions.conclude()");
}

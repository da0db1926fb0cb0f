import type { Sql, Tx } from "@onrecord/platform/database";
import { FIRM_ID } from "./levels.js";

/** Puts a new folder or document into the tree of resources, in the transaction that creates it. `parentId` null is the firm. */
export async function placeResource(
  tx: Tx,
  resource: { id: string; parentId: string | null; kind: "FOLDER" | "DOCUMENT"; labels?: readonly string[] },
): Promise<void> {
  const parent = resource.parentId ?? FIRM_ID;
  await tx.query("insert into permissions.resource (id, parent_id, kind, labels) values ($1, $2, $3, $4)", [
    resource.id,
    parent,
    resource.kind,
    resource.labels ?? [],
  ]);
  await tx.query(
    `insert into permissions.resource_path (descendant_id, ancestor_id, depth)
     select $1::uuid, ancestor_id, depth + 1 from permissions.resource_path where descendant_id = $2
     union all select $1::uuid, $1::uuid, 0`,
    [resource.id, parent],
  );
}

/**
 * Moves the permission revision: every decision made before is void. Must be the last statement of a transaction that changes
 * grants, roles, memberships or sessions, since from here until its commit no edit can commit anywhere.
 */
export async function bumpRevision(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ revision: number }>("select permissions.bump_revision() as revision");
  return row?.revision ?? 0;
}

/** The permission revision that is committed now. */
export async function readRevision(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ revision: number }>("select revision from permissions.revision");
  return row?.revision ?? 0;
}

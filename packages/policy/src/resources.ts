import { newId } from "@onrecord/core/ids";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { Sql, Tx } from "@onrecord/postgres/database";
import { FIRM_ID, levelNumber } from "./levels.js";

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

/** The permission revision that is committed now. */
export async function readRevision(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ revision: number }>("select revision from permissions.revision");
  return row?.revision ?? 0;
}

/** Gives whoever opens a folder at the top the right to manage it, and puts that on the record. */
export async function grantCreator(
  tx: Tx,
  ledger: Ledger,
  { by, userId, folderId }: { by: By; userId: string; folderId: string },
): Promise<void> {
  const grantId = newId();
  await tx.query(
    `insert into permissions.grant (id, resource_id, principal_id, level, granted_by, granted_at)
     values ($1, $2, $3, $4, $3, clock_timestamp())`,
    [grantId, folderId, userId, levelNumber("MANAGE")],
  );
  await ledger.append(tx, {
    action: "access.granted",
    by,
    object: { kind: "FOLDER", id: folderId },
    detail: { grantId, principalId: userId, level: "MANAGE", expiresAt: null },
  });
}

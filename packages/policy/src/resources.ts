import { newId } from "@onrecord/core/ids";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { Sql, Tx } from "@onrecord/postgres/database";
import { FIRM_ID } from "./levels.js";

/** Puts a new folder or document into the tree of resources, in the transaction that creates it. `parentId` null is the firm. */
export async function placeResource(
  tx: Tx,
  resource: { id: string; parentId: string | null; kind: "FOLDER" | "DOCUMENT"; labels?: readonly string[] },
): Promise<void> {
  const parent = resource.parentId ?? FIRM_ID;
  await tx.query("select permissions.place($1, $2, $3, $4)", [
    resource.id,
    parent,
    resource.kind,
    resource.labels ?? [],
  ]);
}

/** The permission revision that is committed now. */
export async function readRevision(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ revision: number }>("select revision from permissions.revision");
  return row?.revision ?? 0;
}

/**
 * Gives whoever opens a folder at the top the right to manage it, and puts that on the record. It ends with their account, as what let them
 * open it does.
 */
export async function grantCreator(
  tx: Tx,
  ledger: Ledger,
  { by, userId, folderId }: { by: By; userId: string; folderId: string },
): Promise<void> {
  const grantId = newId();
  const [account] = await tx.query<{ expiresAt: Date | null }>(
    'select expires_at as "expiresAt" from identity.user where id = $1',
    [userId],
  );
  // Before the grant: without its entry there is none.
  await ledger.append(tx, {
    action: "access.granted",
    by,
    object: { kind: "FOLDER", id: folderId },
    detail: {
      grantId,
      principalId: userId,
      level: "MANAGE",
      expiresAt: account?.expiresAt?.toISOString() ?? null,
    },
  });
  await tx.query("select permissions.grant_creator($1, $2, $3)", [grantId, folderId, userId]);
}

import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { History } from "@onrecord/history/history";
import { type AccessLevel, levelNumber } from "@onrecord/policy/levels";
import { bumpRevision, placeResource } from "@onrecord/policy/resources";
import type { Sql } from "@onrecord/postgres/database";

/** Makes an empty document in a folder of its own, without any subgraph. Returns its id. */
export async function addDocument(context: AppContext, kind: "TEXT" | "FILING" = "TEXT"): Promise<string> {
  const folder = newId();
  const document = newId();
  await context.db.transaction(async (tx) => {
    await tx.query("insert into documents.folder (id, name) values ($1, 'A folder')", [folder]);
    await placeResource(tx, { id: folder, parentId: null, kind: "FOLDER" });
    await tx.query(
      "insert into documents.document (id, folder_id, title, kind) values ($1, $2, 'A document', $3)",
      [document, folder, kind],
    );
    await placeResource(tx, { id: document, parentId: folder, kind: "DOCUMENT" });
    await new History(context).create(tx, document);
  });
  return document;
}

/** Grants a level without any subgraph and tells the bus. Returns the grant's id. */
export async function addGrant(
  context: AppContext,
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
    const revision = await bumpRevision(tx);
    tx.onCommit(() => context.bus.publish("permissions.changed", { revision }));
  });
  return id;
}

/** Takes a grant away in an open transaction; the caller commits. */
export async function removeGrant(tx: Sql, grantId: string): Promise<void> {
  await tx.query("update permissions.grant set revoked_at = clock_timestamp() where id = $1", [grantId]);
  await tx.query("select permissions.bump_revision()");
}

import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { levelName } from "@onrecord/policy/levels";
import { byCaller } from "@onrecord/policy/principal";
import type { Tx } from "@onrecord/postgres/database";
import type { PermissionsContext } from "../context.js";
import { GrantEntity, type GrantRow } from "../entities/grant.js";
import { findResource, type Resource } from "../resource.js";
import { changeAccess } from "./change-access.js";

/** Ends a grant. Returns false when it had been revoked already. */
export async function revokeAccess(context: PermissionsContext, grantId: string): Promise<boolean> {
  context.guard.requirePrincipal(context.caller);
  const known = isId(grantId) ? await context.em.findOne(GrantEntity, { id: grantId }) : null;
  if (known === null) throw new AppError("NOT_FOUND", "There is no such grant, or you may not know of it.");
  const resource = await findResource(context.db, known.resourceId);
  return changeAccess(context, resource, async (_em, tx) => {
    const changed = await revoke(context, tx, resource, known);
    return { changed, result: changed };
  });
}

/** Revokes a grant with its entry, unless somebody else was faster. Permissions have changed when it returns true. */
export async function revoke(
  { caller, guard, ledger }: PermissionsContext,
  tx: Tx,
  resource: Resource,
  grant: Pick<GrantRow, "id" | "principalId" | "level">,
): Promise<boolean> {
  const revoked = await tx.query(
    `update permissions.grant set revoked_by = $2, revoked_at = clock_timestamp()
     where id = $1 and revoked_at is null returning id`,
    [grant.id, guard.requirePrincipal(caller).userId],
  );
  if (revoked.length === 0) return false;
  await ledger.append(tx, {
    action: "access.revoked",
    by: byCaller(caller),
    object: resource,
    detail: { grantId: grant.id, principalId: grant.principalId, level: levelName(grant.level) ?? "VIEW" },
  });
  return true;
}

import { type EntityManager, raw } from "@mikro-orm/postgresql";
import { isId } from "@onrecord/core/ids";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { levelName } from "@onrecord/policy/levels";
import type { PermissionsContext } from "../context.js";
import { GrantEntity, type GrantRow } from "../entities/grant.js";
import { findResource, type Resource } from "../resource.js";
import { changeAccess } from "./change-access.js";

/** Ends a grant that is within what the caller holds, or that they gave. Returns false when it had been revoked already. */
export async function revokeAccess(context: PermissionsContext, grantId: string): Promise<boolean> {
  const { caller, guard } = context;
  guard.requirePrincipal(caller);
  const known = isId(grantId) ? await context.em.findOne(GrantEntity, { id: grantId }) : null;
  if (known === null) throw await guard.denyUnknown(caller, "manage", { kind: "GRANT", id: grantId });
  const resource = await findResource(context.db, known.resourceId);
  return changeAccess(context, resource, async ({ em, tx, own, refuse }) => {
    if (known.revokedAt) return { result: false };
    refuse(own.refuseWithdrawal(known));
    const { principalId } = known;
    return { principalId, write: () => revoke(context, em, tx, resource, known) };
  });
}

/** Revokes a grant with its entry, unless somebody else was faster. */
export async function revoke(
  { caller, guard }: PermissionsContext,
  em: EntityManager,
  tx: RecordedTx,
  resource: Resource,
  grant: Pick<GrantRow, "id" | "principalId" | "level">,
): Promise<boolean> {
  const revoked = await em.nativeUpdate(
    GrantEntity,
    { id: grant.id, revokedAt: null },
    { revokedBy: guard.requirePrincipal(caller).userId, revokedAt: raw("clock_timestamp()") },
  );
  if (revoked === 0) return false;
  await tx.append({
    action: "access.revoked",
    object: resource,
    detail: { grantId: grant.id, principalId: grant.principalId, level: levelName(grant.level) ?? "VIEW" },
  });
  return true;
}

import type { EntityManager } from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import { isId, newId } from "@onrecord/core/ids";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { type AccessLevel, levelNumber } from "@onrecord/policy/levels";
import type { Sql } from "@onrecord/postgres/database";
import type { PermissionsContext } from "../context.js";
import { GrantEntity, type GrantRow, holding } from "../entities/grant.js";
import { grantExpiry } from "../grant-expiry.js";
import { findPrincipals, type GrantPrincipal } from "../principals.js";
import { findResource, type Resource } from "../resource.js";
import { changeAccess } from "./change-access.js";
import { revoke } from "./revoke-access.js";

/** What somebody is to get. */
export interface NewGrant {
  readonly resourceId: string;
  readonly principalId: string;
  readonly level: AccessLevel;
  readonly expiresAt?: Date | null | undefined;
}

/**
 * Gives access, within what the caller holds. A principal has one grant on a resource: another level or end replaces the one it has, on
 * the record as a revocation and a grant; the same again changes nothing.
 */
export async function grantAccess(context: PermissionsContext, wanted: NewGrant): Promise<GrantRow> {
  const resource = await findResource(context.db, wanted.resourceId);
  return changeAccess(context, resource, async ({ em, tx, own, refuse }) => {
    const level = levelNumber(wanted.level);
    refuse(own.refuseLevel(level));
    const principal = await requirePrincipal(tx, wanted.principalId);
    const expiresAt = grantExpiry(principal.kind, wanted.expiresAt ?? null, new Date(), own.endOf(level));
    refuse(own.refuseEnd(level, expiresAt));
    const held = await em.find(GrantEntity, {
      resourceId: resource.id,
      principalId: principal.id,
      ...holding(),
    });
    const same = held.find((grant) => isSame(grant, wanted, principal, expiresAt));
    if (same && held.length === 1) return { result: same };
    for (const grant of held) refuse(own.refuseWithdrawal(grant));
    return {
      principalId: principal.id,
      write: async () => {
        for (const grant of held) await revoke(context, em, tx, resource, grant);
        const { level } = wanted;
        return insert(context, em, tx, resource, { principalId: principal.id, level, expiresAt });
      },
    };
  });
}

/** Whether a grant already gives what is wanted. A guest's end moves with the clock unless one was asked for. */
function isSame(
  grant: GrantRow,
  wanted: NewGrant,
  principal: GrantPrincipal,
  expiresAt: Date | null,
): boolean {
  if (grant.level !== levelNumber(wanted.level)) return false;
  if (principal.kind === "GUEST" && !wanted.expiresAt) return grant.expiresAt !== null;
  return (grant.expiresAt?.getTime() ?? null) === (expiresAt?.getTime() ?? null);
}

async function requirePrincipal(tx: Sql, id: string): Promise<GrantPrincipal> {
  const [principal] = isId(id) ? await findPrincipals(tx, [id]) : [];
  if (!principal?.active)
    throw new AppError(
      "BAD_USER_INPUT",
      "There is no such user, department or role, or it is closed or has ended.",
    );
  return principal;
}

async function insert(
  { caller, guard }: PermissionsContext,
  em: EntityManager,
  tx: RecordedTx,
  resource: Resource,
  { principalId, level, expiresAt }: { principalId: string; level: AccessLevel; expiresAt: Date | null },
): Promise<GrantRow> {
  const grant = em.create(GrantEntity, {
    id: newId(),
    resourceId: resource.id,
    principalId,
    level: levelNumber(level),
    grantedBy: guard.requirePrincipal(caller).userId,
    grantedAt: new Date(),
    expiresAt,
  });
  await tx.append({
    action: "access.granted",
    object: resource,
    detail: { grantId: grant.id, principalId, level, expiresAt: expiresAt?.toISOString() ?? null },
  });
  return grant;
}

import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";

/** A level of access to a resource and everything below it, for a user, a department or a role. Never deleted, only revoked. */
export const GrantEntity = defineEntity({
  name: "Grant",
  tableName: "grant",
  properties: {
    id: p.uuid().primary(),
    resourceId: p.uuid().fieldName("resource_id"),
    principalId: p.uuid().fieldName("principal_id"),
    /** 1 (VIEW) to 5 (MANAGE). */
    level: p.smallint(),
    grantedBy: p.uuid().nullable().fieldName("granted_by"),
    grantedAt: p.datetime().fieldName("granted_at"),
    expiresAt: p.datetime().nullable().fieldName("expires_at"),
    revokedBy: p.uuid().nullable().fieldName("revoked_by"),
    revokedAt: p.datetime().nullable().fieldName("revoked_at"),
  },
});

/** A grant as it is stored. */
export type GrantRow = InferEntity<typeof GrantEntity>;

/** What makes a grant one that holds now. */
export function holding(now = new Date()) {
  return { revokedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] };
}

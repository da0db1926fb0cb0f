import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";
import { DepartmentEntity } from "./department.js";
import { RoleEntity } from "./role.js";

/** Somebody who can sign in, or a service that acts on its own. */
export const UserEntity = defineEntity({
  name: "User",
  tableName: "user",
  properties: {
    id: p.uuid().primary(),
    /** Lower case; unique. */
    email: p.text(),
    name: p.text(),
    kind: p.text().$type<"EMPLOYEE" | "GUEST" | "SERVICE">(),
    title: p.text().nullable(),
    department: () => p.manyToOne(DepartmentEntity).nullable().fieldName("department_id"),
    /** PHC string of argon2id; null for those who do not sign in by password. */
    passwordHash: p.text().nullable().lazy().fieldName("password_hash"),
    active: p.boolean(),
    expiresAt: p.datetime().nullable().fieldName("expires_at"),
    createdAt: p.datetime().fieldName("created_at"),
    /** Moves with every change of the account; the database begins it. */
    revision: p.integer().default(1),
    roles: () =>
      p.manyToMany(RoleEntity).pivotTable("user_role").joinColumn("user_id").inverseJoinColumn("role_id"),
  },
});

/** A user as it is stored. */
export type User = InferEntity<typeof UserEntity>;

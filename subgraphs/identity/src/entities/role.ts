import { defineEntity, p } from "@mikro-orm/postgresql";

/** A role that policies speak of by its name. */
export const RoleEntity = defineEntity({
  name: "Role",
  tableName: "role",
  properties: { id: p.uuid().primary(), name: p.text() },
});

import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";

/** A department in the firm's tree; the one without a parent is the firm. */
export const DepartmentEntity = defineEntity({
  name: "Department",
  tableName: "department",
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    /** Since when nobody can be put into it. */
    closedAt: p.datetime().nullable().fieldName("closed_at"),
    parent: () => p.manyToOne(DepartmentEntity).nullable().fieldName("parent_id"),
  },
});

/** A department as it is stored. */
export type Department = InferEntity<typeof DepartmentEntity>;

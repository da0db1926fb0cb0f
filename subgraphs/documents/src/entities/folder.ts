import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";

/** A row of `documents.folder`. Relations are plain ids: whoever follows one asks the decision point first. */
export const FolderEntity = defineEntity({
  name: "Folder",
  tableName: "folder",
  properties: {
    id: p.uuid().primary(),
    parentId: p.uuid().fieldName("parent_id").nullable(),
    name: p.text(),
    createdBy: p.uuid().fieldName("created_by").nullable(),
    // The database's clock, which all nodes share.
    createdAt: p.datetime().fieldName("created_at").defaultRaw("clock_timestamp()"),
  },
});

/** A folder as it is stored. */
export type FolderRow = InferEntity<typeof FolderEntity>;

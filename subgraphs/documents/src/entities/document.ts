import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";

/** A row of `documents.document`. Relations are plain ids: whoever follows one asks the decision point first. */
export const DocumentEntity = defineEntity({
  name: "Document",
  tableName: "document",
  properties: {
    id: p.uuid().primary(),
    folderId: p.uuid().fieldName("folder_id"),
    title: p.text(),
    kind: p.text().$type<"FILING" | "TEXT">(),
    createdBy: p.uuid().fieldName("created_by").nullable(),
    // The database's clock, which all nodes share.
    createdAt: p.datetime().fieldName("created_at").defaultRaw("clock_timestamp()"),
  },
});

/** A document as it is stored. */
export type DocumentRow = InferEntity<typeof DocumentEntity>;

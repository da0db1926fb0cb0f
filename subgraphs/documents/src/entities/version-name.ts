import { defineEntity, p } from "@mikro-orm/postgresql";

/** The name that somebody gave a version; a later one replaces it. */
export const VersionNameEntity = defineEntity({
  name: "VersionName",
  tableName: "version_name",
  properties: {
    documentId: p.uuid().primary().fieldName("document_id"),
    version: p.bigint("number").primary(),
    name: p.text(),
    namedBy: p.uuid().nullable().fieldName("named_by"),
    namedAt: p.datetime().fieldName("named_at"),
  },
});

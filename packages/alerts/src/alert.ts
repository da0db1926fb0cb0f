import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";

/** What a rule noticed in the record; written by the alert engine alone. */
export const AlertEntity = defineEntity({
  name: "Alert",
  tableName: "alert",
  properties: {
    id: p.uuid().primary(),
    at: p.datetime(3),
    rule: p.text(),
    severity: p.text().$type<"LOW" | "MEDIUM" | "HIGH" | "CRITICAL">(),
    status: p.text().$type<"OPEN" | "ACKNOWLEDGED" | "RESOLVED">(),
    entryId: p.uuid().fieldName("entry_id"),
    documentId: p.uuid().nullable().fieldName("document_id"),
    actorId: p.uuid().nullable().fieldName("actor_id"),
    /** As its entry; the database sees to it. */
    discreet: p.boolean().default(false),
  },
});

/** An alert as it is stored. */
export type AlertRow = InferEntity<typeof AlertEntity>;

import { defineEntity, p } from "@mikro-orm/postgresql";
import type { ContentFormat } from "@onrecord/filing/content";
import { DocumentEntity } from "./document.js";

/** A permission to fetch one copy of one version once, for the session that asked for it. */
export const TicketEntity = defineEntity({
  name: "Ticket",
  tableName: "download_ticket",
  properties: {
    /** SHA-256 of the token; the token itself is nowhere. */
    tokenHash: p.blob().primary().fieldName("token_hash"),
    document: () => p.manyToOne(DocumentEntity).fieldName("document_id"),
    version: p.bigint("number"),
    format: p.text().$type<ContentFormat>(),
    userId: p.uuid().fieldName("user_id"),
    sessionId: p.uuid().fieldName("session_id"),
    expiresAt: p.datetime().fieldName("expires_at"),
    /** When it was noticed that nobody had used it in time. */
    lapsedAt: p.datetime().nullable().fieldName("lapsed_at"),
    usedAt: p.datetime().nullable().fieldName("used_at"),
  },
});

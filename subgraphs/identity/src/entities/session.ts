import { defineEntity, p } from "@mikro-orm/postgresql";
import { UserEntity } from "./user.js";

/** A session: a token that was given out, kept as its hash. */
export const SessionEntity = defineEntity({
  name: "Session",
  tableName: "session",
  properties: {
    id: p.uuid().primary(),
    /** SHA-256 of the token; the token itself is nowhere. */
    tokenHash: p.blob().fieldName("token_hash"),
    user: () => p.manyToOne(UserEntity).fieldName("user_id"),
    kind: p.text().$type<"BROWSER" | "TOKEN">(),
    createdAt: p.datetime().fieldName("created_at"),
    expiresAt: p.datetime().fieldName("expires_at"),
    endedAt: p.datetime().nullable().fieldName("ended_at"),
  },
});

/** A level of access as the record writes it. */
export type Level = "VIEW" | "DOWNLOAD" | "COMMENT" | "EDIT" | "MANAGE";

/** What is told of access. */
export interface AccessEvents {
  "access.granted": { grantId: string; principalId: string; level: Level; expiresAt: string | null };
  "access.revoked": { grantId: string; principalId: string; level: Level };
  /** With a `count`, it stands for so many denials of strangers behind an earlier one. */
  "access.denied": { permission: string; reasons: string[]; count?: number };
}

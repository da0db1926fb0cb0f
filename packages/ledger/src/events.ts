import type { Outcome } from "./entry.js";

/** A level of access as the record writes it. */
export type Level = "VIEW" | "DOWNLOAD" | "COMMENT" | "EDIT" | "MANAGE";

/**
 * The catalogue of the record: the name of every event with the type of its detail.
 * Detail is public to every reader of the log and enters the leaf in clear: ids, numbers and codes, never names, titles or text.
 */
export interface AuditEvents {
  "session.started": { kind: "BROWSER" | "TOKEN" };
  /**
   * `other-session`: sent from a page of another session than the one that its credential proves. `too-large`: a sign-in that
   * nobody read to its end.
   */
  "session.refused": {
    reason: "credentials" | "inactive" | "expired" | "token" | "other-session" | "too-large";
  };
  "session.ended": { cause: "sign-out" | "revoked" };

  "folder.created": { parentId: string | null };
  "document.created": { folderId: string; kind: "FILING" | "TEXT" };
  "document.imported": { version: number; bytes: number; sourceBytes: number };
  "document.opened": { via: "collab" | "api"; version: number; access: "edit" | "comment" | "view" };
  "document.closed": { version: number; code: number };
  "document.edited": { version: number; bytes: number };
  /** Size and hash are null for what was too large to be read to its end. */
  "document.edit-refused": { reason: string; bytes: number | null; sha256: string | null };
  /** Its data key was destroyed; `version` is where it ended. */
  "document.shredded": { version: number };
  "document.downloaded": { format: string; version: number };
  "document.download-refused": { format: string; reasons: string[] };
  "presence.refused": { clientId: number };
  /** The document has as much presence as it may: this one is not shown. */
  "presence.crowded-out": { clientId: number };

  "version.restored": { version: number; bytes: number; restoredVersion: number };
  "version.named": { version: number };

  "access.granted": { grantId: string; principalId: string; level: Level; expiresAt: string | null };
  "access.revoked": { grantId: string; principalId: string; level: Level };
  "access.denied": { permission: string; reasons: string[] };

  /** Written before the key file is changed: one without its effect was prevented by a crash. */
  "key.rotated": { keyId: string; previousKeyId: string };
  /** So many documents' data keys are wrapped with this key-encryption key from now on. */
  "key.rewrapped": { keyId: string; documents: number };
  "key.retired": { keyId: string };

  "audit.queried": { filter: Record<string, string | string[]>; returned: number };
}

/** The name of an event. */
export type AuditAction = keyof AuditEvents;

/** What an event is about. */
export type ObjectKind = "DOCUMENT" | "FOLDER" | "FIRM" | "GRANT" | "SESSION" | "USER" | "LOG" | "ALERT";

/** The outcome that an event states by its name; the others are ALLOWED. */
const outcomes: Partial<Record<AuditAction, Outcome>> = {
  "session.refused": "DENIED",
  "document.edit-refused": "DENIED",
  "document.download-refused": "DENIED",
  "presence.refused": "DENIED",
  "presence.crowded-out": "DENIED",
  "access.denied": "DENIED",
};

/** The outcome of an event. */
export function outcomeOf(action: AuditAction): Outcome {
  return outcomes[action] ?? "ALLOWED";
}

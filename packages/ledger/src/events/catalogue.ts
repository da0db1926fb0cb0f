import type { Outcome } from "../entry.js";
import type { AccessEvents } from "./access.js";
import type { AuditLogEvents } from "./audit.js";
import type { DocumentEvents } from "./document.js";
import type { DownloadEvents } from "./download.js";
import type { KeyEvents } from "./key.js";
import type { PeopleEvents } from "./people.js";
import type { PresenceEvents } from "./presence.js";
import type { SessionEvents } from "./session.js";
import type { SittingEvents } from "./sitting.js";
import type { VersionEvents } from "./version.js";

/**
 * The catalogue of the record: the name of every event with the type of its detail.
 * Detail is public to every reader of the log and enters the leaf in clear: ids, numbers and codes, never names, titles or text.
 */
export interface AuditEvents
  extends SessionEvents,
    DocumentEvents,
    DownloadEvents,
    PresenceEvents,
    VersionEvents,
    AccessEvents,
    KeyEvents,
    PeopleEvents,
    SittingEvents,
    AuditLogEvents {}

/** The name of an event. */
export type AuditAction = keyof AuditEvents;

/** What an event is about. */
export type ObjectKind =
  | "DOCUMENT"
  | "FOLDER"
  | "FIRM"
  | "GRANT"
  | "SESSION"
  | "USER"
  | "DEPARTMENT"
  | "ROLE"
  | "LOG"
  | "ALERT";

/** The outcome that an event states by its name; the others are ALLOWED. */
const outcomes: Partial<Record<AuditAction, Outcome>> = {
  "session.refused": "DENIED",
  "password.change-refused": "DENIED",
  "password.link-refused": "DENIED",
  "setup.refused": "DENIED",
  "document.edit-refused": "DENIED",
  "document.download-refused": "DENIED",
  "download.refused": "DENIED",
  "presence.refused": "DENIED",
  "presence.crowded-out": "DENIED",
  "access.denied": "DENIED",
  "folder.withheld": "DENIED",
  "document.state-unusable": "FAILED",
  "key.service-lost": "FAILED",
};

/** The outcome of an event. */
export function outcomeOf(action: AuditAction): Outcome {
  return outcomes[action] ?? "ALLOWED";
}

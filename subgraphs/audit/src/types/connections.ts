import { connectionType } from "@onrecord/subgraph/relay";
import { AlertType } from "./alert-type.js";
import { AuditEntryType } from "./audit-entry-type.js";

/** Pages of entries, newest first. */
export const AuditEntryConnection = connectionType("AuditEntry", () => AuditEntryType);

/** Pages of alerts, newest first. */
export const AlertConnection = connectionType("Alert", () => AlertType);

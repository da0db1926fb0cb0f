import type { AuditAction } from "@onrecord/ledger/events/catalogue";
import type { Rule, Severity } from "./rule.js";

const MINUTES = 5;

/**
 * Somebody was stopped at a document. Who tries again and again would bury what others do: while an alert of theirs at that document is open
 * none is raised for five minutes. The entries tell of each time.
 */
const stopped = (id: string, severity: Severity, action: AuditAction): Rule => ({
  id,
  severity,
  actions: [action],
  matches: async (entry, recent) => !(await recent.isOpen(entry, id, MINUTES)),
});

/** Somebody tried to take a document out and was stopped. */
export const downloadRefused = stopped("download-refused", "HIGH", "document.download-refused");

/** Somebody tried to change a document and was stopped. */
export const editRefused = stopped("edit-refused", "MEDIUM", "document.edit-refused");

import type { AuditAction } from "@onrecord/ledger/events/catalogue";
import type { Rule, Severity } from "./rule.js";

const MINUTES = 5;

/**
 * Somebody was stopped at a document. Who tries again and again would bury what others do: while so many alerts of theirs at that document
 * are open none is raised, for five minutes. The entries tell of each time.
 */
const stopped = (id: string, severity: Severity, action: AuditAction, most: number): Rule => ({
  id,
  severity,
  actions: [action],
  matches: async (entry, recent) => !(await recent.isOpen(entry, id, MINUTES, most)),
});

/** Somebody tried to take a document out and was stopped: a person asks for each copy by hand, so a few are told one by one. */
export const downloadRefused = stopped("download-refused", "HIGH", "document.download-refused", 5);

/** Somebody tried to change a document and was stopped: a program that comes back does so hundreds of times. */
export const editRefused = stopped("edit-refused", "MEDIUM", "document.edit-refused", 1);

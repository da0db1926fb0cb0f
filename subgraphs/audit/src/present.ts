import type { AlertRow } from "@onrecord/alerts/alert";
import { shownDetail } from "@onrecord/ledger/detail";
import type { PlacedEntry } from "@onrecord/ledger/read";
import type { RaisedAlert } from "./alerts/raised-alert.js";
import type { AlertType } from "./types/alert-type.js";
import type { AuditEntryType } from "./types/audit-entry-type.js";

/** An entry as the API shows it. */
export function presentEntry(entry: PlacedEntry): AuditEntryType {
  const { id, at, action, outcome, sessionId, requestId, detail, objectKind, objectId } = entry;
  const object = objectKind === null ? null : { kind: objectKind, id: objectId };
  return { id, at, action, outcome, sessionId, requestId, detail: shownDetail(detail), object, entry };
}

/** An alert as the API shows it. */
export function presentAlert(row: AlertRow): AlertType {
  const { id, at, rule, severity, status } = row;
  return { id, at, rule, severity, status, row, known: null };
}

/** An alert that came with its entry. */
export function presentRaised({ alert, entry }: RaisedAlert): AlertType {
  return { ...presentAlert(alert), known: presentEntry(entry) };
}

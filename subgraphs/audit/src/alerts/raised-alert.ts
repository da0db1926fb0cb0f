import type { AlertRow } from "@onrecord/alerts/alert";
import { entryColumns, type PlacedEntry } from "@onrecord/ledger/read";
import type { Sql } from "@onrecord/postgres/database";
import { type AlertPosition, beforeAllAlerts } from "./alert-cursor.js";

/** An alert with the entry that raised it, read together so that telling of it needs nothing more. */
export interface RaisedAlert {
  readonly alert: AlertRow;
  readonly entry: PlacedEntry;
}

interface JoinedRow extends PlacedEntry {
  readonly alertId: string;
  readonly alertAt: Date;
  readonly rule: string;
  readonly severity: AlertRow["severity"];
  readonly status: AlertRow["status"];
  readonly documentId: string | null;
}

/** The alerts after a place, oldest first. They are written one engine after the other, so none can appear before one seen. */
export async function readAlertsAfter(sql: Sql, after: AlertPosition, limit: number): Promise<RaisedAlert[]> {
  const rows = await sql.query<JoinedRow>(
    `select a.id as "alertId", a.at as "alertAt", a.rule, a.severity, a.status, a.document_id as "documentId", e.discreet,
            ${entryColumns}, e.txid::text as txid
     from audit.alert a join audit.entry e on e.id = a.entry_id
     where (a.at, a.id) > (to_timestamp($1::double precision / 1000), $2::uuid)
     order by a.at, a.id limit $3`,
    [...after, limit],
  );
  return rows.map(({ alertId, alertAt, rule, severity, status, documentId, ...entry }) => ({
    alert: {
      id: alertId,
      at: alertAt,
      rule,
      severity,
      status,
      documentId,
      entryId: entry.id,
      discreet: entry.discreet,
      actorId: entry.actorId,
    },
    entry,
  }));
}

/** The place of the newest alert: where following begins. */
export async function newestAlert(sql: Sql): Promise<AlertPosition> {
  const [row] = await sql.query<{ at: Date; id: string }>(
    "select at, id from audit.alert order by at desc, id desc limit 1",
  );
  return row ? [row.at.getTime(), row.id] : beforeAllAlerts;
}

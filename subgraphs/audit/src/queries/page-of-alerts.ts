import type { FilterQuery } from "@mikro-orm/postgresql";
import { AlertEntity, type AlertRow } from "@onrecord/alerts/alert";
import { byCaller } from "@onrecord/policy/principal";
import { pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import { type AlertPosition, alertCursor, alertPosition } from "../alerts/alert-cursor.js";
import { alertsToldTo, alertsWhere, describeAlertFilter } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { presentAlert } from "../present.js";
import type { AlertType } from "../types/alert-type.js";
import type { AlertFilter } from "../types/filters.js";
import type { PageAsked } from "./page-of-entries.js";

/** Reads a page of alerts, newest first, and puts the reading on the record before anybody sees it. */
export async function pageOfAlerts(
  context: AuditContext,
  filter: AlertFilter,
  asked: PageAsked,
): Promise<Connection<AlertType>> {
  const request = pageRequest(asked, alertCursor);
  const { em } = context;
  const where = { $and: [alertsWhere(filter), alertsToldTo(context)] };
  const older = request.from ? olderThan(request.from) : {};
  const rows = await em.find(
    AlertEntity,
    { $and: [where, older] },
    { orderBy: { at: "desc", id: "desc" }, limit: request.size + 1 },
  );
  await recordAlerts(context, filter, Math.min(rows.length, request.size));
  return toConnection(request, rows, {
    node: presentAlert,
    position: alertPosition,
    cursor: alertCursor,
    count: () => em.count(AlertEntity, where),
  });
}

/** Puts on the record that somebody read alerts. */
export async function recordAlerts(
  { caller, ledger }: AuditContext,
  filter: AlertFilter,
  returned: number,
): Promise<void> {
  await ledger.record({
    action: "alert.queried",
    by: byCaller(caller),
    object: { kind: "ALERT", id: null },
    detail: { filter: describeAlertFilter(filter), returned },
  });
}

function olderThan([ms, id]: AlertPosition): FilterQuery<AlertRow> {
  const at = new Date(ms);
  return { $or: [{ at: { $lt: at } }, { at, id: { $lt: id } }] };
}

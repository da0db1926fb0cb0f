import type { FilterQuery } from "@mikro-orm/postgresql";
import { AlertEntity, type AlertRow } from "@onrecord/alerts/alert";
import { pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import { type AlertPosition, alertCursor, alertPosition } from "../alerts/alert-cursor.js";
import { alertsWhere } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { presentAlert } from "../present.js";
import type { AlertType } from "../types/alert-type.js";
import type { AlertFilter } from "../types/filters.js";
import type { PageAsked } from "./page-of-entries.js";

/** Reads a page of alerts, newest first. */
export async function pageOfAlerts(
  { em }: AuditContext,
  filter: AlertFilter,
  asked: PageAsked,
): Promise<Connection<AlertType>> {
  const request = pageRequest(asked, alertCursor);
  const where = alertsWhere(filter);
  const older = request.from ? olderThan(request.from) : {};
  const rows = await em.find(
    AlertEntity,
    { $and: [where, older] },
    { orderBy: { at: "desc", id: "desc" }, limit: request.size + 1 },
  );
  return toConnection(request, rows, {
    node: presentAlert,
    position: alertPosition,
    cursor: alertCursor,
    count: () => em.count(AlertEntity, where),
  });
}

function olderThan([ms, id]: AlertPosition): FilterQuery<AlertRow> {
  const at = new Date(ms);
  return { $or: [{ at: { $lt: at } }, { at, id: { $lt: id } }] };
}

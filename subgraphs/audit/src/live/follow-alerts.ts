import { FIRM_ID } from "@onrecord/policy/levels";
import { OpenRight } from "@onrecord/policy/open-right";
import { byCaller } from "@onrecord/policy/principal";
import { alertCursor } from "../alerts/alert-cursor.js";
import { describeAlertFilter, matchesAlert, readAlertFilter } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { presentRaised } from "../present.js";
import type { AlertType } from "../types/alert-type.js";
import type { AlertFilter } from "../types/filters.js";
import { events, type FeedEvent } from "./events.js";
import { type FollowAsked, isTold } from "./follow-entries.js";

/** Follows the alerts from a cursor on, or from now on. */
export async function followAlerts(
  context: AuditContext,
  asked: FollowAsked<AlertFilter>,
): Promise<AsyncIterableIterator<FeedEvent<AlertType>>> {
  const { alertFeed, caller } = context;
  const right = await OpenRight.open(context, caller, "readAudit", { kind: "FIRM", id: FIRM_ID });
  return right.during(async () => {
    const filter = readAlertFilter(asked.filter);
    const after = asked.after ? alertCursor.decode(asked.after) : await alertFeed.newest();
    await context.ledger.record({
      action: "alert.followed",
      by: byCaller(caller),
      object: { kind: "ALERT", id: null },
      detail: { filter: describeAlertFilter(filter) },
    });
    return events(alertFeed, {
      after,
      right,
      wanted: ({ alert }) => isTold(context, right, alert) && matchesAlert(filter, alert),
      present: presentRaised,
    });
  });
}

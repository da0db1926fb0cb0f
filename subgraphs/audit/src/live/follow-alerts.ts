import { FIRM_ID } from "@onrecord/policy/levels";
import { OpenRight } from "@onrecord/policy/open-right";
import { alertCursor } from "../alerts/alert-cursor.js";
import { matchesAlert, readAlertFilter } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { presentRaised } from "../present.js";
import type { AlertType } from "../types/alert-type.js";
import type { AlertFilter } from "../types/filters.js";
import { events, type FeedEvent } from "./events.js";
import type { FollowAsked } from "./follow-entries.js";

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
    return events(alertFeed, {
      after,
      right,
      wanted: ({ alert }) => matchesAlert(filter, alert),
      present: presentRaised,
    });
  });
}

import type { Caller } from "@onrecord/policy/principal";
import { alertCursor } from "../alerts/alert-cursor.js";
import { matchesAlert, readAlertFilter } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { presentRaised } from "../present.js";
import type { AlertType } from "../types/alert-type.js";
import type { AlertFilter } from "../types/filters.js";
import { events, type Told } from "./events.js";
import type { FollowAsked } from "./follow-entries.js";
import { permit } from "./permit.js";

/** Follows the alerts from a cursor on, or from now on. */
export async function followAlerts(
  context: AuditContext,
  asked: FollowAsked<AlertFilter>,
): Promise<AsyncIterableIterator<Told<AlertType>>> {
  const { alertFeed, caller, db, guard } = context;
  const authorize = (who: Caller) => guard.authorizeFirm(who, "readAudit");
  const decision = await authorize(caller);
  const filter = readAlertFilter(asked.filter);
  const after = asked.after ? alertCursor.decode(asked.after) : await alertFeed.newest();
  return events(alertFeed, {
    after,
    permit: permit(db, caller, authorize, decision),
    wanted: ({ alert }) => matchesAlert(filter, alert),
    present: presentRaised,
  });
}

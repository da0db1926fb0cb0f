import type { Logger } from "@onrecord/core/log";
import { readRevision } from "@onrecord/policy/resources";
import type { Sql } from "@onrecord/postgres/database";
import type { Lag } from "@onrecord/telemetry/lag";
import { type AlertPosition, alertPosition, compareAlerts } from "../alerts/alert-cursor.js";
import { newestAlert, type RaisedAlert, readAlertsAfter } from "../alerts/raised-alert.js";
import { Feed } from "./feed.js";

/** The alerts, live. */
export function alertFeed(sql: Sql, log: Logger, lag: Lag): Feed<RaisedAlert, AlertPosition> {
  return new Feed<RaisedAlert, AlertPosition>(
    {
      name: "alerts",
      newest: () => newestAlert(sql),
      read: (after, limit) => readAlertsAfter(sql, after, limit),
      positionOf: ({ alert }) => alertPosition(alert),
      compare: compareAlerts,
      // Written under one lock, alerts appear in their order at once.
      settled: async () => true,
      revision: () => readRevision(sql),
    },
    log,
    ({ alert }) => lag.seen(alert.at.getTime()),
  );
}

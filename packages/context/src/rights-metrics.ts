import type { LiveRights } from "@onrecord/policy/live-rights";
import { observeGauge, observeTotal } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";

/** How fresh this node's view of rights is. */
export function rightsMetrics(metrics: Registry, rights: LiveRights): void {
  observeGauge(metrics, {
    name: "onrecord_rights_look_age_seconds",
    help: "time since this node last saw the state of its rights in the database; it looks once a second",
    read: () => rights.lookAge / 1000,
  });
  observeTotal(metrics, {
    name: "onrecord_rights_look_failures_total",
    help: "looks at this node's rights that failed",
    read: () => rights.counts.looksFailed,
  });
  observeTotal(metrics, {
    name: "onrecord_rights_renewals_total",
    help: "rights that were decided, when they were opened or anew",
    read: () => rights.counts.renewed,
  });
  observeTotal(metrics, {
    name: "onrecord_rights_renewal_failures_total",
    help: "times that rights could not be decided and were tried again",
    read: () => rights.counts.renewalsFailed,
  });
  observeGauge(metrics, {
    name: "onrecord_rights_open",
    help: "rights on which something open rests: sockets, subscriptions, sessions",
    read: () => rights.size,
  });
  observeGauge(metrics, {
    name: "onrecord_rights_doubtful",
    help: "open rights that wait to be decided anew; nothing is committed on them meanwhile",
    read: () => rights.doubtful,
  });
}

import type { Ledger } from "@onrecord/ledger/ledger";
import { observeGauge, observeTotal, type Sample } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";

/** What goes on the record by the logins of this process, what is refused, and what waits. */
export function recordMetrics(
  metrics: Registry,
  ledgers: () => Iterable<readonly [login: string, Ledger]>,
): void {
  const each = (read: (ledger: Ledger) => number) => () =>
    [...ledgers()].map(([login, ledger]): Sample => [{ login }, read(ledger)]);
  observeTotal(metrics, {
    name: "onrecord_record_entries_total",
    help: "entries that were committed to the record, by action; edits are counted by onrecord_commit_changes",
    labels: ["action"],
    read: () =>
      [...ledgers()].flatMap(([, { counts }]) =>
        [...counts.entries].map(([[action = ""], n]): Sample => [{ action }, n]),
      ),
  });
  observeTotal(metrics, {
    name: "onrecord_denials_total",
    help: "what was denied, by action and first reason; each one, also those that an entry folds together",
    labels: ["action", "reason"],
    read: () =>
      [...ledgers()].flatMap(([, { counts }]) =>
        [...counts.denials].map(([[action = "", reason = ""], n]): Sample => [{ action, reason }, n]),
      ),
  });
  observeTotal(metrics, {
    name: "onrecord_record_failures_total",
    help: "transactions of entries that failed; whatever the entries were about failed with them, or is tried again",
    labels: ["login"],
    read: each(({ counts }) => counts.failed),
  });
  observeGauge(metrics, {
    name: "onrecord_record_queue_entries",
    help: "entries of reads, refusals and closings that wait to be committed",
    labels: ["login"],
    read: each(({ waiting }) => waiting),
  });
  observeGauge(metrics, {
    name: "onrecord_record_queue_age_seconds",
    help: "how long the oldest of those has waited",
    labels: ["login"],
    read: each(({ waitingMs }) => waitingMs / 1000),
  });
}

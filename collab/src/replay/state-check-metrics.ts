import { observeGauge, observeTotal, type Sample } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";
import type { StateCheck } from "./state-check.js";

/** Tells what came of holding documents against their record. */
export function stateCheckMetrics(metrics: Registry, check: StateCheck): void {
  observeTotal(metrics, {
    name: "onrecord_state_checks_total",
    help: "documents that were held against their record: 'order' and 'state' have diverged, 'unanswered' were too large to be replayed",
    labels: ["outcome"],
    read: () => Object.entries(check.counts).map(([outcome, count]): Sample => [{ outcome }, count]),
  });
  observeGauge(metrics, {
    name: "onrecord_state_checks_waiting",
    help: "documents that wait to be held against their record",
    read: () => check.waiting,
  });
}

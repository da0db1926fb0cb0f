import { performance } from "node:perf_hooks";
import { Counter, collectDefaultMetrics, Histogram, type Registry } from "prom-client";

/** How often the event loop is looked at: how late the look comes is its delay. More often would be most of what a quiet process costs. */
const EVERY_MS = 500;

/** CPU, memory, collections of garbage, open files, and the event loop of the process. */
export function processMetrics(metrics: Registry): void {
  collectDefaultMetrics({ register: metrics, prefix: "onrecord_", eventLoopMonitoringPrecision: EVERY_MS });
  for (const name of misleading) metrics.removeSingleMetric(`onrecord_nodejs_${name}`);
  const delay = new Histogram({
    name: "onrecord_event_loop_delay_seconds",
    help: "how late the event loop comes to what it is to do, seen twice a second: while it is late, nobody is answered",
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  let expected = performance.now() + EVERY_MS;
  setInterval(() => {
    const now = performance.now();
    delay.observe(Math.max(0, now - expected) / 1000);
    expected = now + EVERY_MS;
  }, EVERY_MS).unref();
  new Counter({
    name: "onrecord_event_loop_active_seconds_total",
    help: "time that the event loop was at work; its rate is the share of the one thread that serves",
    registers: [metrics],
    collect() {
      this.reset();
      this.inc(performance.eventLoopUtilization().active / 1000);
    },
  });
}

/**
 * What the defaults have and should not. The histogram behind the lags counts the half second between two looks as lag; gauges are not
 * called totals.
 */
const misleading = [
  ...["seconds", "min_seconds", "max_seconds", "mean_seconds", "stddev_seconds"].map(
    (name) => `eventloop_lag_${name}`,
  ),
  ...["p50", "p90", "p99"].map((name) => `eventloop_lag_${name}_seconds`),
  ...["resources", "handles", "requests"].map((name) => `active_${name}_total`),
];

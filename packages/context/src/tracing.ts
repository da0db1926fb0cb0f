import type { Config, Secrets } from "@onrecord/core/config";
import type { Logger } from "@onrecord/core/log";
import { observeGauge, observeTotal } from "@onrecord/telemetry/observed";
import { OtlpExporter } from "@onrecord/telemetry/trace/exporter";
import { Tracer } from "@onrecord/telemetry/trace/tracer";
import type { Registry } from "prom-client";
import { version } from "./build.js";

/** What makes this process's traces; undefined: nobody wants any. */
export function createTracer(
  { tracing }: Config,
  { traceHeaders }: Secrets,
  nodeId: string,
  metrics: Registry,
  log: Logger,
): Tracer | undefined {
  if (tracing === undefined) return undefined;
  const exporter = new OtlpExporter(
    { url: tracing.url, headers: traceHeaders, delayMs: tracing.delayMs },
    {
      "service.name": tracing.serviceName,
      "service.version": version,
      "service.instance.id": nodeId,
    },
    (reason) => log.warn({ reason }, "spans could not be sent to the collector and are lost"),
  );
  const { exported } = exporter;
  observeTotal(metrics, {
    name: "onrecord_trace_spans_total",
    help: "spans by what became of them: sent, dropped because too many waited, or failed because the collector did not take them",
    labels: ["outcome"],
    read: () => Object.entries(exported).map(([outcome, count]) => [{ outcome }, count] as const),
  });
  observeGauge(metrics, {
    name: "onrecord_trace_spans_waiting",
    help: "spans that wait to be sent",
    read: () => exporter.waiting,
  });
  return new Tracer(exporter, tracing);
}

import { readFileSync } from "node:fs";
import { observeGauge } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";

/** The version of this build. */
export const version = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
).version;

/** Tells which build runs. */
export function buildMetrics(metrics: Registry, commit: string | undefined, nodeId: string): void {
  const labels = { version, commit: commit ?? "unknown", node_version: process.version, node_id: nodeId };
  observeGauge(metrics, {
    name: "onrecord_build_info",
    help: "always 1: which build runs, made of which commit, on which Node.js, as which node",
    labels: Object.keys(labels),
    read: () => [[labels, 1]],
  });
}

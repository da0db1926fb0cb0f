import { type Run, runMatrix } from "../matrix.js";
import { spread } from "../measure/statistics.js";
import type { Options } from "../options.js";
import { ratiosOf, table } from "../report/table.js";
import { onrecord, onrecordWith } from "../servers/onrecord.js";
import { steady } from "../workloads/steady.js";
import { startCollector } from "./collector.js";
import { me } from "./me.js";

/** What CPU may cost with traces of 5 %, as a multiple of what it costs without. */
const GOAL = 1.1;
const RATIO = "0.05";

/**
 * `npm run bench -- traces`: Onrecord with traces beside Onrecord without, round by round, by the CPU of the server and its database. False:
 * a round failed, or the median of the rounds misses the goal.
 */
export async function benchTraces(
  options: Options,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<boolean> {
  await using collector = await startCollector();
  const traced = onrecordWith("traced", {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER_ARG: RATIO,
  });
  let held = true;
  for (const workload of [steady, me]) {
    if (signal.aborted) return false;
    tell(`\n${workload.name}: ${workload.about}`);
    const runs = await runMatrix(workload, {
      ...options,
      servers: [traced, onrecord],
      nodeArgs: [],
      signal,
      onRun: (run) => tell(`  ${run.round}. ${run.server.padEnd(8)} ${told(run)}`),
    });
    tell(`\n${table(workload.columns, runs, [traced.name, onrecord.name])}`);
    const cost = spread(ratiosOf(runs, "cpu", traced.name, onrecord.name))?.median ?? Number.NaN;
    const isHeld = cost <= GOAL && runs.every(({ outcome }) => outcome.ok);
    held &&= isHeld;
    tell(`${isHeld ? "HELD" : "MISSED"}: CPU × ${cost.toFixed(3)} with traces (at most ${GOAL})`);
  }
  tell(`${collector.requests()} requests came to the collector.`);
  return held && collector.requests() > 0;
}

function told({ outcome }: Run): string {
  if (!outcome.ok) return `FAILED: ${outcome.failure}`;
  const { cpu = 0, cpuMain = 0, rate = 0 } = outcome.numbers;
  return `CPU ${cpu.toFixed(0)} µs each (${cpuMain.toFixed(0)} its own process), ${rate.toFixed(0)} a second`;
}

import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { compile } from "./compile.js";
import { Failure } from "./failure.js";
import { benchKeys } from "./keys/command.js";
import { type Run, runMatrix } from "./matrix.js";
import { canMeasure } from "./measure/process-tree.js";
import { help, type Options, readOptions } from "./options.js";
import { benchPermissions } from "./permissions/command.js";
import { topFunctions } from "./profile/top-functions.js";
import { describeMachine } from "./report/machine.js";
import { type Section, writeResults } from "./report/results.js";
import { table } from "./report/table.js";
import { benchTraces } from "./traces/command.js";
import type { Workload } from "./workloads/workload.js";

const TOP = 25;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await bench(options);
  else print(help);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  tell(error.message);
  process.exitCode = 1;
}

async function bench(options: Options): Promise<void> {
  compile();
  const machine = await describeMachine();
  if (!canMeasure) tell("This system does not tell what a process tree uses: CPU and memory are left out.");
  const sections: Section[] = [];
  for (const workload of options.workloads) {
    if (stop.signal.aborted) break;
    const missing = workload.missing?.(options.settings);
    if (missing !== undefined) {
      tell(`SKIPPED ${workload.name}: ${missing}`);
      continue;
    }
    const runs = await compare(workload, options);
    const { traces: _, ...settings } = options.settings;
    sections.push({ workload: workload.name, at: new Date().toISOString(), machine, settings, runs });
  }
  if (options.out !== undefined && sections.length > 0 && !stop.signal.aborted)
    await writeResults(options.out, sections);
  const held =
    !options.permissions || stop.signal.aborted || (await benchPermissions(options, stop.signal, tell));
  const tracesHeld =
    !options.traces || stop.signal.aborted || (await benchTraces(options, stop.signal, tell));
  const keysHeld = !options.keys || stop.signal.aborted || (await benchKeys(options, stop.signal, tell));
  if (options.json) print(JSON.stringify(sections));
  if (
    stop.signal.aborted ||
    !held ||
    !tracesHeld ||
    !keysHeld ||
    sections.some(({ runs }) => runs.some(({ outcome }) => !outcome.ok))
  )
    process.exitCode = 1;
}

async function compare(workload: Workload, options: Options): Promise<Run[]> {
  tell(`\n${workload.name}: ${workload.about}`);
  const profiles = options.profile === undefined ? undefined : resolve(options.profile, workload.name);
  if (profiles !== undefined) await mkdir(profiles, { recursive: true });
  const runs = await runMatrix(workload, {
    ...options,
    nodeArgs: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
    signal: stop.signal,
    onRun: (run) => tell(lineOf(workload, run)),
  });
  tell(
    `\n${table(
      workload.columns,
      runs,
      options.servers.map(({ name }) => name),
    )}`,
  );
  if (profiles !== undefined) await tellProfile(profiles, runs);
  return runs;
}

function lineOf({ columns }: Workload, { server, round, outcome }: Run): string {
  const head = `  ${round}. ${server.padEnd(12)}`;
  if (!outcome.ok) return `${head}FAILED: ${outcome.failure}`;
  const { numbers } = outcome;
  const told = columns.flatMap(({ key, label, digits }) => {
    const number = numbers[key];
    return Number.isFinite(number) ? [`${label} ${number!.toFixed(digits)}`] : [];
  });
  return head + told.join(", ");
}

async function tellProfile(dir: string, runs: readonly Run[]): Promise<void> {
  const windows = runs.flatMap(({ server, outcome }) =>
    server === "onrecord" && outcome.ok
      ? [{ from: outcome.numbers.from ?? 0, to: outcome.numbers.to ?? 0 }]
      : [],
  );
  const top = await topFunctions(dir, windows);
  tell(`\nWhere the time of Onrecord's process goes (share of the measured windows, itself):`);
  for (const { name, share } of top.slice(0, TOP))
    tell(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Failure, sentence } from "./failure.js";
import { name as keys } from "./keys/report.js";
import type { Settings } from "./load/job.js";
import { name as permissions } from "./permissions/report.js";
import { servers } from "./servers/peers.js";
import type { Server } from "./servers/server.js";
import { name as tracing } from "./traces/me.js";
import { workloads } from "./workloads/all.js";
import type { Workload } from "./workloads/workload.js";

/** What `npm run bench` was asked for. */
export interface Options {
  readonly workloads: readonly Workload[];
  /** Whether what changes of rights cost is measured, which is of Onrecord alone. */
  readonly permissions: boolean;
  /** Whether what traces cost is measured, which is of Onrecord alone. */
  readonly traces: boolean;
  /** Whether what a keystroke costs the page is measured, in Chromium. */
  readonly keys: boolean;
  /** The large filing of `keys`, and another build of the page to measure in turns. */
  readonly filing: string;
  readonly beside: string | undefined;
  readonly servers: readonly Server[];
  readonly rounds: number;
  readonly settings: Settings;
  /** Where results are written; nothing is when it is undefined. */
  readonly out: string | undefined;
  /** Print the results as JSON in the end. */
  readonly json: boolean;
  /** Where CPU profiles of Onrecord are written. */
  readonly profile: string | undefined;
}

/** Beside the sources, where the results are committed. */
const home = fileURLToPath(new URL("..", import.meta.url));
/** Where the editing traces lie unless told otherwise: beside the repository. */
const traces = fileURLToPath(new URL("../../../shared/data/traces", import.meta.url));

/** The large filing, likewise. */
const prospectus = fileURLToPath(
  new URL("../../../shared/data/filings/camp4-424b4-prospectus.html", import.meta.url),
);

/** What `--help` prints. */
export const help = `npm run bench -- [workload...] [options]

Workloads (all of them by default):
${workloads.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join("\n")}

Of Onrecord alone, when named:
  ${permissions.padEnd(16)} what changes of rights cost others, with two nodes and 2,000 open editors (--rounds, --scale, --seed)
  ${tracing.padEnd(16)} what traces of 5 % cost in steady and for { me }, in CPU (--rounds, --seconds)
  ${keys.padEnd(16)} what a keystroke costs the main thread of the page in Chromium (--rounds, --filing, --beside)

Options:
  --peers <names>    servers to run, separated by commas (${servers.map(({ name }) => name).join(",")})
  --rounds <n>       runs of each server (5)
  --seconds <n>      length of the measured part of a run (6)
  --warmup <n>       seconds under load before it (2)
  --window <n>       edits that one client sends ahead of their receipt (16)
  --scale <x>        multiplies clients, documents and texts; anything but 1 is a trial, which is not written down
  --seed <n>         of everything random (1)
  --traces <dir>     directory of the editing traces
  --filing <path>    a large web page, imported for keys
  --beside <dir>     another build of web/dist, measured in turns by keys
  --out <dir>        where RESULTS.md and results.json are (bench/); results of other workloads there are kept
  --dry              write nothing
  --json             print the results as JSON
  --profile <dir>    write CPU profiles of Onrecord there, and print where its time goes
`;

/** Reads the command line; undefined when help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const scale = positive("scale", values.scale);
  const peers = values.peers?.split(",");
  const named = positionals.filter((name) => ![permissions, tracing, keys].includes(name));
  return {
    workloads: named.length === 0 && positionals.length > 0 ? [] : choose(workloads, named, "workload"),
    permissions: positionals.includes(permissions),
    traces: positionals.includes(tracing),
    keys: positionals.includes(keys),
    filing: values.filing,
    beside: values.beside,
    servers: choose(servers, peers ?? [], "server"),
    rounds: positive("rounds", values.rounds),
    settings: {
      seconds: positive("seconds", values.seconds),
      warmup: positive("warmup", values.warmup),
      window: positive("window", values.window),
      seed: positive("seed", values.seed),
      scale,
      traces: values.traces,
    },
    // Profiling slows a server down, and a trial compares nothing.
    out: values.dry || scale !== 1 || values.profile !== undefined ? undefined : values.out,
    json: values.json,
    profile: values.profile,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        peers: { type: "string" },
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "6" },
        warmup: { type: "string", default: "2" },
        window: { type: "string", default: "16" },
        scale: { type: "string", default: "1" },
        seed: { type: "string", default: "1" },
        traces: { type: "string", default: traces },
        filing: { type: "string", default: prospectus },
        beside: { type: "string" },
        out: { type: "string", default: home },
        dry: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        profile: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Failure(sentence(error));
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Failure(`--${name} must be a number above 0; it is "${text}"`);
  return value;
}

function choose<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
  what: string,
): readonly T[] {
  for (const name of names)
    if (!all.some((it) => it.name === name))
      throw new Failure(`There is no ${what} "${name}"; there are ${all.map((it) => it.name).join(", ")}`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../load/job.js";
import type { Run } from "../matrix.js";
import { about as aboutPermissions, name as permissions, permissionsTable } from "../permissions/report.js";
import { servers } from "../servers/peers.js";
import { workloads } from "../workloads/all.js";
import { table } from "./table.js";

/** The runs of one workload, with what they were made on. */
export interface Section {
  readonly workload: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly machine: string;
  readonly settings: Omit<Settings, "traces">;
  readonly runs: readonly Run[];
}

/** Writes results.json and RESULTS.md; sections of workloads that were not run now stay as they are. */
export async function writeResults(dir: string, fresh: readonly Section[]): Promise<void> {
  const path = join(dir, "results.json");
  const old = await readSections(path);
  const sections = [...workloads.map(({ name }) => name), permissions].flatMap((name) => {
    const named = ({ workload }: Section) => workload === name;
    return fresh.find(named) ?? old.find(named) ?? [];
  });
  await writeFile(path, `${JSON.stringify(sections, null, 1)}\n`);
  await writeFile(join(dir, "RESULTS.md"), report(sections));
}

async function readSections(path: string): Promise<readonly Section[]> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Section[];
  } catch {
    return [];
  }
}

/** The sections as a page. */
export function report(sections: readonly Section[]): string {
  const body = sections.map((section) => {
    if (section.workload === permissions) return permissionsReport(section);
    const { columns, about } = workloads.find(({ name }) => name === section.workload)!;
    const { seconds, warmup, window } = section.settings;
    const there = servers
      .map(({ name }) => name)
      .filter((name) => section.runs.some(({ server }) => server === name));
    const rounds = Math.max(...section.runs.map(({ round }) => round));
    return [
      `## ${section.workload}`,
      about,
      table(columns, section.runs, there),
      ...failuresOf(section),
      `${section.at.slice(0, 10)}, ${section.machine}; ${rounds} rounds, ${warmup} + ${seconds} s, window ${window}.`,
    ].join("\n\n");
  });
  return `${[head, ...body].join("\n\n")}\n`;
}

function permissionsReport(section: Section): string {
  const { at, machine, runs } = section;
  return [
    `## ${permissions}`,
    aboutPermissions,
    permissionsTable(runs),
    ...failuresOf(section),
    `${at.slice(0, 10)}, ${machine}; ${runs.length} rounds.`,
  ].join("\n\n");
}

/** A list of the runs that failed, if any did. */
function failuresOf({ runs }: Section): string[] {
  const failures = runs.flatMap(({ server, round, outcome }) =>
    outcome.ok ? [] : [`- ${server}, round ${round}: ${outcome.failure}`],
  );
  return failures.length > 0 ? [failures.join("\n")] : [];
}

const head = `# Results

Made by \`npm run bench\`. Each value is the median of the rounds with [least..most]; ↑ says that more is better, ↓ that less is. The
last rows are quotients of runs that stood next to each other, round by round. CPU and memory are those of the whole process tree,
Postgres included. The latency is from sending to the receipt by another client. A run counts only if all clients, and one that comes
afterwards, end with the same content.

${servers.map(({ name, about }) => `- **${name}**: ${about}.`).join("\n")}`;

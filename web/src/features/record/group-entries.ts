import { foldRuns } from "../../ui/fold-runs.js";
import type { Entry } from "./sentence.js";

/** A row of a document's record: one entry, or a run of one person's edits, newest first. */
export type EntryGroup =
  | { kind: "one"; key: string; entry: Entry }
  | { kind: "run"; key: string; entries: readonly [Entry, ...Entry[]]; facts: RunFacts };

/** What a run amounts to. */
export interface RunFacts {
  readonly [name: string]: number;
  readonly edits: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

const EDIT = "document.edited";
/** Two edits read well one by one; more are folded. */
const SHORTEST = 3;
const PAUSE_MS = 5 * 60_000;

/** Folds edits that one person made in a row, or several at once; nothing but edits is ever folded away. `entries` come newest first. */
export function groupEntries(entries: readonly Entry[]): EntryGroup[] {
  return foldRuns(entries, { who, joins }).flatMap(groupOf);
}

function who({ action, outcome, actor, object }: Entry): string | null {
  return action === EDIT && outcome === "ALLOWED" ? `${actor.id} ${object?.id ?? ""}` : null;
}

function joins(newer: Entry, older: Entry): boolean {
  return newer.object?.id === older.object?.id && Date.parse(newer.at) - Date.parse(older.at) <= PAUSE_MS;
}

function groupOf(run: Entry[]): EntryGroup[] {
  const [newest, ...rest] = run;
  const oldest = run.at(-1);
  if (newest === undefined || oldest === undefined || run.length < SHORTEST) {
    return run.map((entry) => ({ kind: "one", key: entry.id, entry }));
  }
  // The oldest member names the run: its key stays the same while newer edits join it.
  return [{ kind: "run", key: oldest.id, entries: [newest, ...rest], facts: factsOf(run) }];
}

function factsOf(run: readonly Entry[]): RunFacts {
  const versions = run.map(({ detail }) => Number(detail.version));
  return {
    edits: run.length,
    from: Math.min(...versions),
    to: Math.max(...versions),
    bytes: run.reduce((sum, { detail }) => sum + Number(detail.bytes), 0),
  };
}

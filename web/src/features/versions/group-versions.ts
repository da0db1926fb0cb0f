import type { VersionRowFragment } from "@onrecord/schema/generated";
import { foldRuns } from "../../ui/fold-runs.js";

/** One committed version, as the list shows it. */
export type VersionRow = VersionRowFragment;

/** A row of the list: one version, or a run of small edits by one author or by several at once, newest first. */
export type VersionGroup =
  | { kind: "one"; key: number; version: VersionRow }
  | {
      kind: "run";
      key: number;
      versions: readonly [VersionRow, ...VersionRow[]];
      authors: readonly Author[];
      bytes: number;
    };

/** Someone who wrote a version. */
export type Author = NonNullable<VersionRow["author"]>;

/** An edit above this many bytes (a paste, a restore, an import) stands by itself. */
const SMALL = 512;
/** A pause longer than this starts a new run. */
const PAUSE_MS = 5 * 60_000;

/** Folds runs of consecutive small edits; `versions` come newest first. */
export function groupVersions(versions: readonly VersionRow[]): VersionGroup[] {
  return foldRuns(versions, { who, joins }).flatMap(groupOf);
}

/** Relayed versions are kept apart from those written in person; named and large ones stand alone. */
function who({ author, carrier, name, bytes }: VersionRow): string | null {
  return author === null || name !== null || bytes > SMALL ? null : `${author.id} ${carrier?.id ?? ""}`;
}

function joins(newer: VersionRow, older: VersionRow): boolean {
  return newer.number === older.number + 1 && Date.parse(newer.at) - Date.parse(older.at) <= PAUSE_MS;
}

function groupOf(run: VersionRow[]): VersionGroup[] {
  const [newest, ...rest] = run;
  if (newest === undefined) return [];
  if (rest.length === 0) return [{ kind: "one", key: newest.number, version: newest }];
  return [
    {
      kind: "run",
      // The oldest member names the run: its key stays the same while newer edits join it.
      key: run.at(-1)?.number ?? newest.number,
      versions: [newest, ...rest],
      authors: authorsOf(run),
      bytes: run.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  ];
}

function authorsOf(run: readonly VersionRow[]): Author[] {
  const authors = new Map(
    run.flatMap(({ author }) => (author === null ? [] : [[author.id, author] as const])),
  );
  return [...authors.values()];
}

import type { Numbers, Settings, Target } from "../load/job.js";

/** One of the numbers of a run, as the tables show it. */
export interface Column {
  readonly key: string;
  readonly label: string;
  readonly better: "higher" | "lower";
  readonly digits: number;
}

/** A job that servers are compared at. */
export interface Workload {
  readonly name: string;
  /** A sentence for the report. */
  readonly about: string;
  /** The first is the headline. */
  readonly columns: readonly Column[];
  /** Documents it needs, empty at the start of a run. */
  documents(settings: Settings): number;
  /** Limits of Onrecord that would end the workload, by environment variable. */
  readonly limits?: Readonly<Record<string, string>>;
  /** Why it cannot run here, as a sentence. */
  missing?(settings: Settings): string | undefined;
  /**
   * Fills the documents once for each server, which is then restarted for each round. Servers that keep nothing find the state of a
   * document in `target.stateDir`, if one was left there.
   */
  seed?(target: Target, settings: Settings): Promise<void>;
  /** Makes one run, in the load process; throws when the clients do not end with the same content. */
  run(target: Target, settings: Settings): Promise<Numbers>;
}

export const latencyColumns: readonly Column[] = [
  { key: "p50", label: "p50 ms", better: "lower", digits: 1 },
  { key: "p95", label: "p95 ms", better: "lower", digits: 1 },
  { key: "p99", label: "p99 ms", better: "lower", digits: 1 },
];

/** `what` is the unit of `rate`. */
export function rateColumns(what: string): readonly Column[] {
  return [
    { key: "rate", label: `${what}s/s`, better: "higher", digits: 0 },
    ...latencyColumns,
    ...costColumns(what),
  ];
}

/** Of what goes on at a pace of its own: how busy it keeps the server, its database included. */
export const shareColumns: readonly Column[] = [
  { key: "share", label: "% of a core", better: "lower", digits: 2 },
  { key: "shareOthers", label: "of it database", better: "lower", digits: 2 },
];

export function costColumns(what: string): readonly Column[] {
  return [
    { key: "cpu", label: `CPU µs per ${what}`, better: "lower", digits: 0 },
    { key: "cpuOthers", label: "of it database", better: "lower", digits: 0 },
    { key: "cores", label: "CPUs used", better: "lower", digits: 2 },
    { key: "loadCores", label: "by load", better: "lower", digits: 2 },
    { key: "otherCores", label: "by others", better: "lower", digits: 2 },
    { key: "memory", label: "memory MB", better: "lower", digits: 0 },
  ];
}

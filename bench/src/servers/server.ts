import type { Target, WireName } from "../load/job.js";

/** A server under comparison. */
export interface Server {
  readonly name: string;
  /** What it is, with its version, for the report. */
  readonly about: string;
  readonly wire: WireName;
  start(options: StartOptions): Promise<RunningServer>;
}

/** What a start is told. */
export interface StartOptions {
  /** A directory of its own, kept from one start to the next. */
  readonly dir: string;
  /** Environment of Onrecord. */
  readonly limits: Readonly<Record<string, string>>;
  /** Whether documents are to be there after a restart: a server that keeps nothing then reads them from files. */
  readonly seeded: boolean;
  /** Arguments for Node, before the program. */
  readonly nodeArgs: readonly string[];
}

/** A server that accepts connections. */
export interface RunningServer extends AsyncDisposable {
  /** Everything but the documents. */
  readonly target: Omit<Target, "documents">;
  /** Makes empty documents, and returns their names. */
  createDocuments(count: number): Promise<string[]>;
  /** How it ended when it should not have, as a sentence. */
  ended(): string | undefined;
}

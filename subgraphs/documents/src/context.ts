import type { Edits } from "@onrecord/history/edit/edits";
import type { Readings } from "@onrecord/history/reading/readings";
import type { History } from "@onrecord/history/store/history";
import type { Arrivals } from "@onrecord/policy/arrivals";
import type { Shared, SubgraphContext } from "@onrecord/subgraph/context";
import type { LargeValues } from "@onrecord/subgraph/large-values";
import type { ImportRunner } from "./import/import-runner.js";
import type { Turns } from "./turns.js";

/** What this subgraph works with, made once per process. */
export interface DocumentsServices extends Shared {
  readonly history: History;
  readonly edits: Edits;
  readonly readings: Readings;
  readonly imports: ImportRunner;
  /** Reading of content, one after the other for each person. */
  readonly turns: Turns;
  /** Who follows links, in their turn. */
  readonly arrivals: Arrivals;
}

/** One execution: who asks, and everything remembered for them and for no one else. */
export interface DocumentsContext extends DocumentsServices, SubgraphContext {
  /** Fires when whoever asked has gone; undefined where that cannot be known. */
  readonly gone: AbortSignal | undefined;
  /** Takes the large values of the answer; undefined where it has no place for them. */
  readonly large: LargeValues | undefined;
  /** Opens already on the record in this execution, by document and version. */
  readonly opened: Map<string, Promise<void>>;
  /** Differences and attributions that this execution has asked for. */
  attributions: number;
  /** Content that this execution has read, in bytes. */
  contentBytes: number;
}

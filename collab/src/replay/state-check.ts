import type { KeyObject } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { EncodedState } from "@onrecord/history/store/encoded-state";
import type { Replay } from "@onrecord/history/store/load";
import type { Comparison, Question } from "./replay-thread.js";

/** A committed state as a room holds it. */
export interface HeldState {
  readonly documentId: string;
  readonly version: number;
  readonly key: KeyObject;
  readonly encoded: EncodedState;
  /** What was committed after `encoded`, up to the version. */
  readonly later: readonly Uint8Array[];
  /** Whether it is to be stored as a checkpoint, if it is what the record says. */
  readonly store: boolean;
}

/** What the check works with. */
export interface StateCheckHost {
  /** What the record has of a document at a version; null where that is more than so much. */
  replay(
    documentId: string,
    version: number,
    most: { readonly changes: number; readonly bytes: number },
  ): Promise<Replay | null>;
  compare(question: Question): Promise<Comparison | undefined>;
  /** Stores a checkpoint. */
  store(state: HeldState): Promise<void>;
  diverged(state: HeldState, what: "STATE" | "ORDER"): void;
  failed(state: HeldState, err: unknown): void;
}

/**
 * What is replayed at most. Checkpoints are stored every few hundred versions, so there is more only where none could be for long: then
 * the next is stored as it is, or documents whose order is left open would take longer to load for every change.
 */
const MOST = { changes: 5000, bytes: 64 * 1024 * 1024 };
/** States that wait, in bytes: beyond that one is let go, to be checked when its document rests again. */
const WAITING_BYTES = 128 * 1024 * 1024;
/** A state waits so long before the first check: what comes in a burst is over by then, or is one state and not many. */
const WAIT_MS = 2000;
/** After a check, none is begun for so many times as long as it took: all of them have a fifth of a core at most. */
const PAUSES = 4;
/** So many documents that took too long are remembered. */
const MOST_DEAR = 1000;

/**
 * Holds committed states against the record, one after the other, and stores those that are to be stored. Of a document the newest
 * counts. Nothing waits for it: who edits, and who loses a right, is served by another thread.
 */
export class StateCheck implements AsyncDisposable {
  /** Checks since start, by what they came to. */
  readonly counts = { same: 0, order: 0, state: 0, unanswered: 0, failed: 0 };
  readonly #waiting = new Map<string, HeldState>();
  #bytes = 0;
  #running: Promise<void> | undefined;
  readonly #closed = new AbortController();
  /** Documents that took too long: they are not compared again, or the others would wait for them. */
  readonly #dear = new Set<string>();

  constructor(private readonly host: StateCheckHost) {}

  /** States that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Has a state looked at when its turn comes. */
  add(state: HeldState): void {
    const { documentId } = state;
    const bytes = sizeOf(state);
    const before = this.#waiting.get(documentId);
    if (before) this.#forget(before);
    if (this.#closed.signal.aborted || this.#bytes + bytes > WAITING_BYTES) return;
    this.#waiting.set(documentId, { ...state, store: state.store || (before?.store ?? false) });
    this.#bytes += bytes;
    this.#running ??= this.#run();
  }

  /** Ends after the check under way; what waits is not looked at. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.clear();
    this.#closed.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#pause(WAIT_MS);
    for (let [state] = this.#waiting.values(); state; [state] = this.#waiting.values()) {
      this.#forget(state);
      const begun = performance.now();
      await this.#check(state).catch((err: unknown) => {
        this.counts.failed++;
        this.host.failed(state!, err);
      });
      await this.#pause(PAUSES * (performance.now() - begun));
    }
    this.#running = undefined;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closed.signal }).catch(() => undefined);
  }

  async #check(state: HeldState): Promise<void> {
    const { documentId, version, encoded, later } = state;
    const record = this.#dear.has(documentId) ? null : await this.host.replay(documentId, version, MOST);
    const answer =
      record &&
      (await this.host.compare({
        held: [encoded.state, ...later],
        record: [...(record.encoded ? [record.encoded.state] : []), ...record.later],
      }));
    if (this.#closed.signal.aborted) return;
    this.counts[countedAs(answer)]++;
    if (answer === undefined && this.#dear.size < MOST_DEAR) this.#dear.add(documentId);
    if (answer === "STATE" || answer === "ORDER") this.host.diverged(state, answer);
    else if (state.store) await this.host.store(state);
  }

  #forget(state: HeldState): void {
    if (this.#waiting.delete(state.documentId)) this.#bytes -= sizeOf(state);
  }
}

/** Null and undefined: there was too much to replay, or it took too long. */
function countedAs(answer: Comparison | null | undefined): "same" | "order" | "state" | "unanswered" {
  switch (answer) {
    case "SAME":
      return "same";
    case "ORDER":
      return "order";
    case "STATE":
      return "state";
    default:
      return "unanswered";
  }
}

function sizeOf({ encoded, later }: HeldState): number {
  return later.reduce((sum, { length }) => sum + length, encoded.state.length);
}

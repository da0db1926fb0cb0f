import { CHECKPOINT_EVERY } from "@onrecord/history/store/checkpoint";
import type { EncodedState } from "@onrecord/history/store/encoded-state";

/**
 * Checkpoints are at least so far apart in time, in milliseconds. No people write 500 versions in a second; where programs do, whoever
 * reads a version between replays what came within a second, and the database is not filled with states.
 */
const APART_MS = 1000;
/** Of a document that rests, a state of more than so many bytes is not stored again for so few versions. */
const MUCH = 1024 * 1024;
const FEW = 50;

/** Decides when a room's state is stored, and knows about how large it is. */
export class Checkpoints {
  /** Of the state at least, counted up by what was applied since it was measured. */
  bytes: number;
  /** The newest version whose state is stored, and when that was encoded. */
  #stored: number;
  #encodedAt = Number.NEGATIVE_INFINITY;
  /** Encoded when its version was handed over, and stored when that is committed. */
  #next: { readonly version: number; readonly encoded: EncodedState } | undefined;

  constructor(stored: number, bytes: number) {
    this.#stored = stored;
    this.bytes = bytes;
  }

  /** The document is just at `version`, which is about to be committed. `now` is of `performance.now()`. */
  handedOver(version: number, encode: () => EncodedState, now = performance.now()): void {
    if (this.#next || version - this.#stored < CHECKPOINT_EVERY || now - this.#encodedAt < APART_MS) return;
    this.#encodedAt = now;
    this.#next = { version, encoded: encode() };
  }

  /** What was handed over was not kept. */
  forget(): void {
    this.#next = undefined;
  }

  /** Version `version` is committed: its state, if that is to be stored. */
  committed(version: number): EncodedState | undefined {
    if (this.#next?.version !== version) return undefined;
    const { encoded } = this.#next;
    this.#next = undefined;
    this.#stored = version;
    this.bytes = encoded.state.length;
    return encoded;
  }

  /** The state at `version` is stored besides. */
  stored(version: number, bytes: number): void {
    this.#stored = version;
    this.bytes = bytes;
  }

  /** Whether it is worth to store the state at `version` when nobody writes any more. */
  isWorthwhile(version: number): boolean {
    const behind = version - this.#stored;
    return behind > FEW || (behind > 0 && this.bytes <= MUCH);
  }
}

import { AppError } from "@onrecord/core/errors";
import type { RawTransaction } from "./trace-shape.js";

/** What a transaction was typed on. */
interface Typed {
  readonly parents: readonly number[];
  readonly needs: readonly number[];
}

/**
 * Follows how long the text is, in code points, and refuses a patch past its end. Where typing was concurrent this is the most
 * that it can be, since both sides may have deleted the same: what only the merged text shows, `shadow` refuses.
 */
export class Lengths {
  /** How long the text was after each transaction, at most. */
  readonly #after: number[] = [];
  /** What each agent had inserted after so many of its transactions. */
  readonly #inserted: number[][];

  constructor(agents: number) {
    this.#inserted = Array.from({ length: agents }, () => [0]);
  }

  /** Takes the next transaction; `states` says what was in the text after each before it. */
  add(
    index: number,
    { agent = 0, patches }: RawTransaction,
    { parents, needs }: Typed,
    states: readonly (readonly number[])[],
  ): void {
    let length = parents.length === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (const parent of parents)
      length = Math.min(length, this.#after[parent]! + this.#insertedSince(states[parent]!, needs));
    let inserted = this.#inserted[agent]!.at(-1)!;
    for (const [position, deleted, text] of patches) {
      if (position + deleted > length) throw pastEnd(index);
      const added = codePoints(text);
      length += added - deleted;
      inserted += added;
    }
    this.#inserted[agent]!.push(inserted);
    this.#after.push(length);
  }

  #insertedSince(before: readonly number[], now: readonly number[]): number {
    return now.reduce(
      (sum, count, agent) => sum + this.#inserted[agent]![count]! - this.#inserted[agent]![before[agent]!]!,
      0,
    );
  }
}

/** The error of a patch that does not fit its text. */
export function pastEnd(index: number): AppError {
  return new AppError("BAD_USER_INPUT", `Transaction ${index} changes what is past the end of its text.`);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

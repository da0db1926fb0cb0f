/** A change of a text as Yjs tells it, in UTF-16 units. */
export interface DeltaOp {
  readonly retain?: number | undefined;
  readonly delete?: number | undefined;
  readonly insert?: unknown;
}

/**
 * Turns positions in code points, as traces have them, into UTF-16 offsets, as Yjs has them. It remembers where in a text the
 * characters of two units stand, which are few.
 */
export class SurrogatePairs {
  /** Offsets of their first units, ascending. */
  #starts: number[] = [];

  /** The UTF-16 offset of a code point. */
  offsetOf(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! - middle < position) low = middle + 1;
      else high = middle;
    }
    return position + low;
  }

  /** Follows a change of the text; all in UTF-16 units. */
  replace(offset: number, deleted: number, inserted: string): void {
    const shift = inserted.length - deleted;
    this.#starts = [
      ...this.#starts.filter((start) => start < offset),
      ...Array.from(inserted.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g), ({ index }) => offset + index),
      ...this.#starts.filter((start) => start >= offset + deleted).map((start) => start + shift),
    ];
  }

  /** Follows a change that came from elsewhere. */
  apply(delta: readonly DeltaOp[]): void {
    let offset = 0;
    for (const { retain, delete: deleted, insert } of delta) {
      if (retain !== undefined) offset += retain;
      else if (deleted !== undefined) this.replace(offset, deleted, "");
      else if (typeof insert === "string") {
        this.replace(offset, 0, insert);
        offset += insert.length;
      }
    }
  }
}

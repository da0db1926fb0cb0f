/** Sets of clocks, one for each clientID. */
export class ClockRanges {
  readonly #ranges = new Map<number, { from: number; to: number }[]>();

  /** Adds the clocks `[from, to)`. */
  add(clientId: number, from: number, to: number): void {
    const ranges = this.#ranges.get(clientId);
    const last = ranges?.at(-1);
    if (last?.to === from) last.to = to;
    else if (ranges) ranges.push({ from, to });
    else this.#ranges.set(clientId, [{ from, to }]);
  }

  /** Whether any of the clocks `[from, to)` is in the set. */
  overlaps(clientId: number, from: number, to: number): boolean {
    return this.#ranges.get(clientId)?.some((range) => range.from < to && range.to > from) ?? false;
  }
}

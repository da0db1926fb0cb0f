/** Label values of one tally at most: whoever could make them up would fill the memory, and whoever reads the metrics' too. */
const MOST = 200;

/** Counts by words of ours, each a label value: what is past a bound is counted as "other". */
export class Tally {
  readonly #counts = new Map<string, readonly [words: readonly string[], count: number]>();

  /** `most`: sets of words that are told apart. */
  constructor(private readonly most = MOST) {}

  add(words: readonly string[], count = 1): void {
    const told = this.#isTold(words) ? words : words.map(() => "other");
    const key = JSON.stringify(told);
    this.#counts.set(key, [told, (this.#counts.get(key)?.[1] ?? 0) + count]);
  }

  #isTold(words: readonly string[]): boolean {
    return this.#counts.size < this.most || this.#counts.has(JSON.stringify(words));
  }

  /** Each set of words with its count. */
  [Symbol.iterator](): Iterator<readonly [words: readonly string[], count: number]> {
    return this.#counts.values();
  }
}

/** How fast failures are forgiven: `burst` at once, then one every `everyMs`. */
export interface Allowance {
  readonly burst: number;
  readonly everyMs: number;
}

/** An address may stand for an office, so it has more. */
export const perAddress: Allowance = { burst: 100, everyMs: 1_000 };

interface Bucket {
  left: number;
  at: number;
}

/** Token buckets with a bound on how many are remembered: a full bucket is forgotten first, then the longest untouched. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly allowance: Allowance,
    private readonly now: () => number,
    private readonly capacity = 50_000,
  ) {}

  /** Whether one more is allowed; if so it is taken. */
  take(key: string): boolean {
    const { burst, everyMs } = this.allowance;
    const now = this.now();
    const known = this.#buckets.get(key) ?? { left: burst, at: now };
    const left = Math.min(burst, known.left + (now - known.at) / everyMs);
    // Setting again moves the key to the end: the map stays in the order of last use.
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: left < 1 ? left : left - 1, at: now });
    this.#forget();
    return left >= 1;
  }

  /** Gives one back: what was taken in advance turned out to be no failure. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (!bucket) return;
    bucket.left = Math.min(this.allowance.burst, bucket.left + 1);
    if (bucket.left === this.allowance.burst) this.#buckets.delete(key);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #forget(): void {
    const oldest = this.#buckets.keys().next().value;
    if (this.#buckets.size > this.capacity && oldest !== undefined) this.#buckets.delete(oldest);
  }
}

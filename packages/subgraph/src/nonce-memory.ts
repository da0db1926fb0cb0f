/**
 * Remembers single-use values until they would be refused anyway. Bounded: when it is full of values that still matter, new ones
 * are refused, because forgetting one would let it be used again. Only holders of the signing key can fill it.
 */
export class NonceMemory {
  /** Value → when it may be forgotten, in the order of arrival. */
  readonly #seen = new Map<string, number>();

  constructor(private readonly capacity: number) {}

  /** Uses a value up; `until` and `now` in milliseconds since 1970. */
  spend(nonce: string, until: number, now: number): "fresh" | "replayed" | "overloaded" {
    if (this.#seen.has(nonce)) return "replayed";
    this.#forget(now);
    if (this.#seen.size >= this.capacity) return "overloaded";
    this.#seen.set(nonce, until);
    return "fresh";
  }

  #forget(now: number): void {
    for (const [nonce, until] of this.#seen) {
      // Arrival is nearly the order of expiry; what a skewed clock puts out of order is only kept a little longer.
      if (until >= now) return;
      this.#seen.delete(nonce);
    }
  }
}

import * as prng from "lib0/prng";

/** Numbers that are the same for every server and every round with the same seed. */
export class Random {
  readonly #generator: prng.PRNG;

  constructor(seed: number) {
    this.#generator = prng.create(seed);
  }

  /** In [0, 1). */
  next(): number {
    return prng.real53(this.#generator);
  }

  /** In [0, limit). */
  below(limit: number): number {
    return prng.int53(this.#generator, 0, limit - 1);
  }

  /** A clientID as Yjs draws one: 32 bits, and so five bytes on the wire. */
  clientId(): number {
    return 2 ** 31 + this.below(2 ** 31);
  }
}

import { randomInt } from "node:crypto";
import * as prng from "lib0/prng";

/** Repeatable chance: the same seed gives the same draws. */
export class Random {
  readonly #generator: prng.PRNG;

  constructor(readonly seed: number) {
    this.#generator = prng.create(seed);
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return prng.int53(this.#generator, min, max);
  }

  chance(share: number): boolean {
    return prng.real53(this.#generator) < share;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("nothing to pick from");
    return list[this.int(0, list.length - 1)]!;
  }

  /** Picks by weight. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let rest = prng.real53(this.#generator) * list.reduce((sum, { weight }) => sum + weight, 0);
    for (const item of list) {
      rest -= item.weight;
      if (rest < 0) return item;
    }
    return this.pick(list);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(0, 255));
  }

  word(): string {
    return prng.word(this.#generator, 1, 8);
  }

  /** Another source of chance, so that several things at once do not take each other's draws. */
  branch(): Random {
    return new Random(this.int(1, 2 ** 31));
  }
}

/** The seed of a run: the one asked for, else any. */
export function seedFrom(asked: string | undefined): number {
  const seed = Number(asked ?? randomInt(1, 2 ** 31));
  if (!Number.isSafeInteger(seed) || seed < 1) throw new RangeError("a seed is a whole number above 0");
  return seed;
}

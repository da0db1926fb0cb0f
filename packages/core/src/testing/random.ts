import { randomInt } from "node:crypto";
import * as prng from "lib0/prng";

/** Repeatable chance: the same seed gives the same draws. */
export class Random {
  readonly #generator: prng.PRNG;

  constructor(readonly seed: number) {
    this.#generator = prng.create(seed);
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    return prng.real53(this.#generator);
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return prng.int53(this.#generator, min, max);
  }

  /** A whole number from 0, below the limit. */
  below(limit: number): number {
    return this.int(0, limit - 1);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("nothing to pick from");
    return list[this.below(list.length)]!;
  }

  /** Picks by weight. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let rest = this.next() * list.reduce((sum, { weight }) => sum + weight, 0);
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

/** A draw: a whole number from 0, below the limit. */
export type Draw = (limit: number) => number;

/** The draws of a seed as one function, for what needs nothing else. */
export function draws(seed: number): Draw {
  const random = new Random(seed);
  return (limit) => random.below(limit);
}

/** The seeds of a random test: `ONRECORD_SEED` alone where it is set, to repeat a failure; else the first `count`. */
export function seeds(count: number): number[] {
  const given = process.env.ONRECORD_SEED;
  return given === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [seedFrom(given)];
}

/** The seed of a test that tries another one in each run, or `ONRECORD_SEED`. It says how to repeat the run. */
export function anySeed(): number {
  const seed = seedFrom(process.env.ONRECORD_SEED);
  console.log(`repeat this with: ONRECORD_SEED=${seed} npx vitest run`);
  return seed;
}

/** The seed that was asked for, else any. */
export function seedFrom(asked: string | undefined): number {
  const seed = Number(asked ?? randomInt(1, 2 ** 31));
  if (!Number.isSafeInteger(seed) || seed < 1) throw new RangeError("a seed is a whole number above 0");
  return seed;
}

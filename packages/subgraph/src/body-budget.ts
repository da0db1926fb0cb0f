import { AppError } from "@onrecord/core/errors";
import { networkOf } from "@onrecord/core/network";
import type { Caller } from "@onrecord/policy/principal";

/** What every body may have for itself: an import of somebody's never takes the place of a sign-in. */
const SMALL = 64 * 1024;
/** What a body counts at least: it also costs a request. */
const LEAST = 1024;

/** A part of what is held at once: how much of it is taken, and by whom. */
class Pool {
  #held = 0;
  readonly #byOwner = new Map<string, number>();

  constructor(readonly total: number) {}

  /** Takes `bytes` for owners that may hold no more than so much each; throws, and takes nothing, where it does not fit. */
  take(bytes: number, owners: readonly Owner[]): void {
    for (const { name, most } of owners) {
      if ((this.#byOwner.get(name) ?? 0) + bytes > most * this.total) throw ownShare();
    }
    if (this.#held + bytes > this.total) throw full();
    this.#move(bytes, owners);
  }

  giveBack(bytes: number, owners: readonly Owner[]): void {
    this.#move(-bytes, owners);
  }

  #move(bytes: number, owners: readonly Owner[]): void {
    this.#held += bytes;
    for (const { name } of owners) {
      const held = (this.#byOwner.get(name) ?? 0) + bytes;
      if (held === 0) this.#byOwner.delete(name);
      else this.#byOwner.set(name, held);
    }
  }

  get held(): number {
    return this.#held;
  }
}

/** Whose a body is, and which part of a pool they may have at once. */
interface Owner {
  readonly name: string;
  readonly most: number;
}

/** What one body holds, until it is given back. */
export interface Holding extends Disposable {
  /** The body has become so long. RATE_LIMITED: its sender holds too much; UNAVAILABLE: all together do. */
  grow(length: number): void;
}

/**
 * The request bodies that a node holds at once. One person has at most a quarter, strangers together at most half, and one network of
 * theirs a sixteenth; what is small in every body is counted apart from what is large.
 */
export class BodyBudget {
  readonly #small: Pool;
  readonly #large: Pool;

  /** `total` in bytes, beyond what is small in each. */
  constructor(total: number) {
    this.#large = new Pool(total);
    this.#small = new Pool(Math.max(SMALL * 16, total / 4));
  }

  open({ principal, from }: Caller): Holding {
    const owners = principal
      ? [{ name: `person ${principal.userId}`, most: 1 / 4 }]
      : [
          { name: `network ${networkOf(from.ip)}`, most: 1 / 16 },
          { name: "strangers", most: 1 / 2 },
        ];
    let [small, large] = [0, 0];
    const grow = (length: number) => {
      const nowSmall = Math.max(LEAST, Math.min(length, SMALL));
      const nowLarge = Math.max(0, length - SMALL);
      if (nowSmall > small) this.#small.take(nowSmall - small, owners);
      small = Math.max(small, nowSmall);
      if (nowLarge > large) this.#large.take(nowLarge - large, owners);
      large = Math.max(large, nowLarge);
    };
    grow(0);
    return {
      grow,
      [Symbol.dispose]: () => {
        this.#small.giveBack(small, owners);
        this.#large.giveBack(large, owners);
        [small, large] = [0, 0];
      },
    };
  }

  /** Bytes held now. */
  get held(): number {
    return this.#small.held + this.#large.held;
  }
}

function ownShare(): AppError {
  return new AppError("RATE_LIMITED", "You have too many large requests under way; wait for their answers.");
}

function full(): AppError {
  return new AppError(
    "UNAVAILABLE",
    "Too many large requests are under way just now; try again in a moment.",
  );
}

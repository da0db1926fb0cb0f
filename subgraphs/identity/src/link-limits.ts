import { type Allowance, Buckets } from "@onrecord/core/buckets";

/** Five links for one account at once, then one a minute. */
export const perLinkedAccount: Allowance = { burst: 5, everyMs: 60_000 };
/** Twenty wrong links or setup tokens from one network, then one in ten seconds. Nobody guesses 32 random bytes; this is for our time. */
export const perNetwork: Allowance = { burst: 20, everyMs: 10_000 };

/** Holds back whoever makes links without end, or brings what is none. */
export class LinkLimits {
  readonly #made: Buckets;
  readonly #failed: Buckets;

  constructor(now: () => number = Date.now) {
    this.#made = new Buckets(perLinkedAccount, now);
    this.#failed = new Buckets(perNetwork, now);
  }

  /** Counts a link that is made for an account; false: too many. */
  mayMake(userId: string): boolean {
    return this.#made.take(userId);
  }

  /** Counts a secret that is none, from a network; false: too many. One that is right is never held back. */
  mayFail(network: string): boolean {
    return this.#failed.take(network);
  }
}

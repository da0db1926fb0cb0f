import { type Allowance, Buckets } from "@onrecord/core/buckets";

/** Five links for one account at once, then one a minute. */
export const perLinkedAccount: Allowance = { burst: 5, everyMs: 60_000 };
/** Twenty wrong links or setup tokens from one network, then one in ten seconds. Nobody guesses 32 random bytes; this is for our time. */
export const perNetwork: Allowance = { burst: 20, everyMs: 10_000 };

/** Holds back whoever makes links without end, or brings what is none. */
export class LinkLimits {
  readonly #made: Buckets;
  readonly #brought: Buckets;

  constructor(now: () => number = Date.now) {
    this.#made = new Buckets(perLinkedAccount, now);
    this.#brought = new Buckets(perNetwork, now);
  }

  /** Counts a link that is made for an account; false: too many. */
  mayMake(userId: string): boolean {
    return this.#made.take(userId);
  }

  /** Counts a secret that somebody brings; undefined: too many. Call what it returns when it was one. */
  bring(network: string): (() => void) | undefined {
    return this.#brought.take(network) ? () => this.#brought.giveBack(network) : undefined;
  }
}

import { type Allowance, Buckets, perAddress } from "@onrecord/core/buckets";

/** Ten guesses at one account from one address, then two a minute. */
export const perAccount: Allowance = { burst: 10, everyMs: 30_000 };
/** Holds back whoever guesses passwords. An attempt counts from its start, so a thousand at once are no way around. */
export class SignInLimits {
  readonly #accounts: Buckets;
  readonly #addresses: Buckets;

  constructor(now: () => number = Date.now) {
    this.#accounts = new Buckets(perAccount, now);
    this.#addresses = new Buckets(perAddress, now);
  }

  /** Counts an attempt; undefined: too many. Call what it returns when the attempt succeeds. */
  attempt(ip: string | null, email: string): (() => void) | undefined {
    const address = ip ?? "";
    const account = JSON.stringify([address, email]);
    // The address first: names made up by one address must not push out what is known of others.
    if (!this.#addresses.take(address)) return undefined;
    if (!this.#accounts.take(account)) return undefined;
    return () => {
      this.#addresses.giveBack(address);
      this.#accounts.giveBack(account);
    };
  }
}

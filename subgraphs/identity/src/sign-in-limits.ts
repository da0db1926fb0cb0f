import { type Allowance, Buckets, perAddress } from "@onrecord/core/buckets";

/** Ten guesses at one account from one network or device, then two a minute. */
export const perAccount: Allowance = { burst: 10, everyMs: 30_000 };

/** Twenty guesses at one account from all places together from which nobody has signed in to it, then one in two minutes. */
export const fromElsewhere: Allowance = { burst: 20, everyMs: 120_000 };

/** Where an attempt comes from. */
export interface Attempt {
  /** See `networkOf`. */
  readonly network: string;
  /** The address that is tried, whether or not anybody has it. */
  readonly email: string;
  /** A device from which somebody signed in to the account, if it is one. */
  readonly knownDevice: string | null;
  /** Whether somebody has signed in to the account from the network. */
  readonly knownNetwork: boolean;
}

/**
 * Holds back whoever guesses passwords. An attempt counts from its start, so a thousand at once are no way around. Who guesses at an
 * account from elsewhere uses up what is allowed from elsewhere: the devices and networks of its owner have their own.
 */
export class SignInLimits {
  readonly #accounts: Buckets;
  readonly #networks: Buckets;
  readonly #elsewhere: Buckets;

  constructor(now: () => number = Date.now) {
    this.#accounts = new Buckets(perAccount, now);
    this.#networks = new Buckets(perAddress, now);
    this.#elsewhere = new Buckets(fromElsewhere, now);
  }

  /** Counts an attempt; undefined: too many. Call what it returns when the attempt succeeds. */
  attempt({ network, email, knownDevice, knownNetwork }: Attempt): (() => void) | undefined {
    const steps: [Buckets, string][] =
      knownDevice === null
        ? [
            // The network first: names made up by one must not push out what is known of others.
            [this.#networks, network],
            [this.#accounts, JSON.stringify(["network", network, email])],
            ...(knownNetwork ? [] : ([[this.#elsewhere, email]] satisfies [Buckets, string][])),
          ]
        : [[this.#accounts, JSON.stringify(["device", knownDevice, email])]];
    for (const [buckets, key] of steps) if (!buckets.take(key)) return undefined;
    return () => {
      for (const [buckets, key] of steps) buckets.giveBack(key);
    };
  }
}

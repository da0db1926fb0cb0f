import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** How old a message may be, and how far the clocks of two machines may be apart, in milliseconds. */
const MAX_AGE_MS = 60_000;
/** So many nodes are remembered before those that fell silent are forgotten. */
const NODES = 1000;

/** What a node says: `n` is the node, `t` the topic, `m` the message. */
interface Said {
  readonly n: string;
  readonly t: string;
  readonly m: unknown;
}

/** What is put beside it: its number, when it was sent (milliseconds since the epoch), and the HMAC of all, base64url. */
export interface Seal {
  readonly c: number;
  readonly at: number;
  readonly s: string;
}

/** Why a message is not believed. */
export type SealFault = "unsealed" | "forged" | "expired" | "replayed";

/**
 * Seals the messages of one node and opens those of others. Whoever has a login of the database, or reaches NATS, can say anything on the
 * bus; only a process with the service secret can say it as a node. Each message is believed once.
 */
export class MessageSeal {
  readonly #key: Buffer;
  #count = 0;
  /** By node: the number and the time of the newest message that was believed. */
  readonly #newest = new Map<string, { count: number; at: number }>();

  constructor(
    secret: string,
    private readonly now: () => number = Date.now,
  ) {
    // For this purpose alone: nothing else that is signed with the secret passes for a message.
    this.#key = Buffer.from(hkdfSync("sha256", secret, "", "onrecord bus v1", 32));
  }

  /** Messages must be sent in the order in which they are sealed. */
  seal<T extends Said>(said: T): T & Seal {
    const c = ++this.#count;
    const at = this.now();
    return { ...said, c, at, s: this.#mac(said, c, at).toString("base64url") };
  }

  /** Null when the message is a node's, fresh, and newer than those before it. */
  open(envelope: Said & Partial<Seal>): SealFault | null {
    const { n, c, at, s } = envelope;
    if (typeof n !== "string" || typeof c !== "number" || typeof at !== "number" || typeof s !== "string")
      return "unsealed";
    const given = Buffer.from(s, "base64url");
    const mac = this.#mac(envelope, c, at);
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) return "forged";
    if (Math.abs(this.now() - at) > MAX_AGE_MS) return "expired";
    if (c <= (this.#newest.get(n)?.count ?? 0)) return "replayed";
    this.#newest.set(n, { count: c, at });
    if (this.#newest.size > NODES) this.#forgetSilent();
    return null;
  }

  /** What they said is too old by now to be said again. */
  #forgetSilent(): void {
    for (const [node, { at }] of this.#newest)
      if (this.now() - at > 2 * MAX_AGE_MS) this.#newest.delete(node);
  }

  /** JSON that was parsed is written as it was read, so that both sides have the same text. */
  #mac({ n, t, m }: Said, c: number, at: number): Buffer {
    return createHmac("sha256", this.#key)
      .update(JSON.stringify([n, t, m, c, at]))
      .digest();
  }
}

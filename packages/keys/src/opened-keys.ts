import { createHash } from "node:crypto";
import { AppError } from "@onrecord/core/errors";

/** For how long a data key that a service opened serves without asking again, in milliseconds: so long a key that was disabled there still works. */
const FRESH = 60 * 60_000;
/** How many are kept, the least used going first: each takes about 200 bytes. */
const MOST = 10_000;

/**
 * Data keys that a key service has opened, so that what was open goes on without it. Asked again after an hour, a service that does not
 * answer changes nothing; one that says no takes the key away.
 */
export class OpenedKeys {
  readonly #kept = new Map<string, { dataKey: Buffer; at: number }>();
  readonly #asked = new Map<string, Promise<Buffer>>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The data key, from here or from `open`; those who ask for the same at once ask once. */
  async get(wrapped: Buffer, context: string, open: () => Promise<Buffer>): Promise<Buffer> {
    const name = createHash("sha256").update(wrapped).update("\0").update(context).digest("base64");
    const kept = this.#kept.get(name);
    if (kept && this.now() - kept.at < FRESH) return this.#use(name, kept);
    const asked = this.#asked.get(name) ?? this.#ask(name, open);
    try {
      return await asked;
    } catch (error) {
      const away = error instanceof AppError && error.code === "UNAVAILABLE";
      if (away && kept) return this.#use(name, kept);
      if (!away) this.#kept.delete(name);
      throw error;
    }
  }

  #ask(name: string, open: () => Promise<Buffer>): Promise<Buffer> {
    const asked = open()
      .then((dataKey) => this.#use(name, { dataKey, at: this.now() }))
      .finally(() => this.#asked.delete(name));
    this.#asked.set(name, asked);
    return asked;
  }

  /** The last in the map is the one used last. A copy: what is kept must not be wiped or changed by whoever has it. */
  #use(name: string, kept: { dataKey: Buffer; at: number }): Buffer {
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value ?? "");
    return Buffer.from(kept.dataKey);
  }
}

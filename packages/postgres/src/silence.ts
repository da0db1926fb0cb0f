import type { Logger } from "@onrecord/core/log";
import type { WatchedClient } from "./watched-client.js";

/** How often connections are looked at, in milliseconds. */
const LOOK_EVERY_MS = 500;

/**
 * Looks at all connections of a process to its database, and gives those up that are silent. Where one is, the others probably are:
 * those that nobody uses are made anew, and the rest is waited for no longer than `answerMs` from then on.
 */
export class Silence {
  readonly #clients = new Set<WatchedClient>();
  readonly #timer: NodeJS.Timeout;
  #looked = performance.now();
  /** How long a connection has that is doubted, in milliseconds. */
  #withinMs: number;
  #hurried = false;

  constructor(
    answerMs: number,
    private readonly log: Logger,
  ) {
    this.#withinMs = answerMs;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  add(client: WatchedClient): void {
    this.#clients.add(client);
    client.once("end", () => this.#clients.delete(client));
  }

  /** From now on nothing is waited for longer than this: the process ends. */
  hurry(withinMs: number): void {
    this.#withinMs = Math.min(this.#withinMs, withinMs);
    this.#hurried = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    // What this process itself was too busy to read was not withheld by the database.
    const late = Math.max(0, now - this.#looked - 2 * LOOK_EVERY_MS);
    this.#looked = now;
    const silent = [...this.#clients].filter((client) => client.look(now, late));
    if (silent.length > 0)
      this.log.warn({ connections: silent.length }, "the database did not answer in time; connecting anew");
    if (silent.length > 0 || this.#hurried) for (const client of this.#clients) client.doubt(this.#withinMs);
  }
}

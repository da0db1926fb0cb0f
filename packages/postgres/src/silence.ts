import type { Logger } from "@onrecord/core/log";
import type { Hurry, WatchedClient } from "./watched-client.js";

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
  #hurry: Hurry | undefined;

  constructor(
    /** How long a connection has that is doubted, in milliseconds. */
    private readonly answerMs: number,
    private readonly log: Logger,
  ) {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  add(client: WatchedClient): void {
    this.#clients.add(client);
    client.once("end", () => this.#clients.delete(client));
  }

  /** From now on no answer is waited for longer than this: the process ends. What nobody waits on stays, nothing is wrong with it. */
  hurry(withinMs: number): void {
    this.#hurry ??= { since: performance.now(), withinMs };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    // What this process itself was too busy to read was not withheld by the database.
    const late = Math.max(0, now - this.#looked - 2 * LOOK_EVERY_MS);
    this.#looked = now;
    const hurry = this.#hurry;
    const silent = [...this.#clients].filter((client) => client.look(now, late, hurry));
    if (silent.length === 0) return;
    this.log.warn(
      { connections: silent.length },
      hurry
        ? "the process ends and did not wait longer for an answer of the database"
        : "the database did not answer in time; connecting anew",
    );
    const within = hurry ? Math.min(hurry.withinMs, this.answerMs) : this.answerMs;
    for (const client of this.#clients) client.doubt(within, hurry !== undefined);
  }
}

import type { Logger } from "@onrecord/core/log";
import { onAccountOf, SYSTEM } from "@onrecord/core/owner";
import type { Sql } from "@onrecord/postgres/database";

/** A session in use is written down so often at most, in milliseconds, or four times in what it may lie unused, if that is shorter. */
const WRITE_EVERY_MS = 60_000;
/** What is used at about the same time is written together. */
const GATHER_MS = 200;
/** Sessions of which is remembered when they were written last. One that is forgotten is written once more. */
const REMEMBERED = 50_000;

/**
 * Says to the database which sessions are being used, so that those that are not can end. A request costs a look into a map; of all
 * sessions of this node, one statement goes out for each time that some are due.
 */
export class SessionUse implements AsyncDisposable {
  readonly #everyMs: number;
  /** By session, when it was written last, in milliseconds of `performance.now()`; in that order. */
  readonly #written = new Map<string, number>();
  readonly #due = new Set<string>();
  /** Sessions that are in use for as long as something of them is open → how much is. */
  readonly #held = new Map<string, number>();
  readonly #holding: NodeJS.Timeout;
  #gathering: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly sql: Sql,
    private readonly log: Logger,
    idleMinutes: number,
  ) {
    this.#everyMs = Math.min(WRITE_EVERY_MS, (idleMinutes * 60_000) / 4);
    this.#holding = setInterval(() => {
      for (const sessionId of this.#held.keys()) this.note(sessionId);
    }, this.#everyMs / 2).unref();
  }

  /** A session has just been used. */
  note(sessionId: string): void {
    const now = performance.now();
    const written = this.#written.get(sessionId);
    if (written !== undefined && now - written < this.#everyMs) return;
    this.#written.delete(sessionId);
    this.#written.set(sessionId, now);
    const oldest = this.#written.keys().next().value;
    if (this.#written.size > REMEMBERED && oldest !== undefined) this.#written.delete(oldest);
    this.#due.add(sessionId);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#writing = onAccountOf(SYSTEM, () => this.#write());
    }, GATHER_MS).unref();
  }

  /** A session is used from now on until what this returns is called. */
  hold(sessionId: string): () => void {
    this.note(sessionId);
    this.#held.set(sessionId, (this.#held.get(sessionId) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.#held.get(sessionId) ?? 1) - 1;
      if (left === 0) this.#held.delete(sessionId);
      else this.#held.set(sessionId, left);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#holding);
    clearTimeout(this.#gathering);
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    if (this.#due.size === 0) return;
    const sessions = [...this.#due];
    this.#due.clear();
    try {
      await this.sql.query("select identity.use_sessions($1)", [sessions]);
    } catch (err) {
      // The next use writes it.
      for (const sessionId of sessions) this.#written.delete(sessionId);
      this.log.warn({ err }, "the use of sessions could not be written");
    }
  }
}

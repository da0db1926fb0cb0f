import { Socket } from "node:net";
import { SettledClient, type SettledConfig } from "./settled-client.js";

/** How long Postgres may take to close a connection that we have said goodbye on, in milliseconds. */
const GOODBYE_MS = 1000;
/** When the system itself begins to ask whether the other end is there, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** A connection as it is made: `silentMs` is how long it may be waited on without a byte; 0: for ever. */
export interface WatchedConfig extends SettledConfig {
  readonly silentMs: number;
}

/** A connection that we gave up ourselves. `ending`: because this process ends, which says nothing about the database. */
export class GivenUp extends Error {
  readonly code = "ETIMEDOUT";

  constructor(readonly ending: boolean) {
    super(
      ending
        ? "the process ends and waits no longer for the database"
        : "the database did not answer in time",
    );
  }
}

/** Since when a process ends, and how long it waits for any answer from then on, in milliseconds. */
export interface Hurry {
  readonly since: number;
  readonly withinMs: number;
}

/**
 * A connection of which it is known how long it has been silent while somebody waited. The network may swallow what is sent, or what is
 * answered, and tell nobody: neither side then ever learns that the other is gone.
 */
export class WatchedClient extends SettledClient {
  /** A pool has lent it to somebody. */
  lent = true;
  readonly #socket: Socket;
  readonly #silentMs: number;
  /** Since when it is waited on without a byte; undefined: nobody waits. */
  #since: number | undefined;
  #bytes = 0;
  /** Statements wait for their answer, not only the connection for being made. */
  #asked = false;
  /** Another one was silent: it must answer within so long, until it has. */
  #doubtedMs = 0;

  constructor({ silentMs, ...config }: WatchedConfig) {
    const socket = new Socket();
    super({
      ...config,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: () => socket,
    });
    this.#socket = socket;
    this.#silentMs = silentMs;
    this.on("connect", () => {
      if (!this.#asked) this.#since = undefined;
    });
    this.on("drain", () => {
      this.#asked = false;
      this.#since = undefined;
      this.#doubtedMs = 0;
    });
    const { connect, query, end } = this;
    this.connect = ((...args: unknown[]) => {
      this.#since ??= performance.now();
      return Reflect.apply(connect, this, args);
    }) as typeof connect;
    this.query = ((...args: unknown[]) => {
      this.#asked = true;
      this.#since ??= performance.now();
      return Reflect.apply(query, this, args);
    }) as typeof query;
    this.end = ((...args: unknown[]) => {
      const cut = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
      socket.once("close", () => clearTimeout(cut));
      return Reflect.apply(end, this, args);
    }) as typeof end;
  }

  /** Gives it up if it has been silent for too long; whether it was. `late` milliseconds were lost by this process itself. */
  look(now: number, late: number, hurry?: Hurry): boolean {
    if (this.#since === undefined) return false;
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#bytes) {
      this.#bytes = bytesRead;
      this.#since = now;
      this.#doubtedMs = 0;
    } else this.#since += late;
    const most = this.#doubtedMs === 0 ? this.#silentMs : this.#doubtedMs;
    const silent = most > 0 && now - this.#since >= most;
    const ending = hurry !== undefined && now - Math.max(this.#since, hurry.since) >= hurry.withinMs;
    if (!silent && !ending) return false;
    this.giveUp(hurry !== undefined);
    return true;
  }

  /** Another connection was silent: this one is not waited on for as long, and made anew where nobody uses it. */
  doubt(withinMs: number, ending: boolean): void {
    if (this.#since === undefined && !this.lent) return this.giveUp(ending);
    if (this.#doubtedMs > 0) return;
    this.#bytes = this.#socket.bytesRead;
    this.#doubtedMs = this.#silentMs === 0 ? withinMs : Math.min(withinMs, this.#silentMs);
  }

  /** All that waits on it fails at once. */
  giveUp(ending = false): void {
    this.#socket.destroy(new GivenUp(ending));
  }
}

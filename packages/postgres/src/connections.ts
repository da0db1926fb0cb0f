import type { Logger } from "@onrecord/core/log";
import type pg from "pg";
import type { Bounds } from "./bounds.js";
import { FairPool } from "./fair-pool.js";
import type { SettledConfig } from "./settled-client.js";
import { Silence } from "./silence.js";
import { GivenUp, WatchedClient, type WatchedConfig } from "./watched-client.js";

/** An answer that is this much later than Postgres was to give it will not come. */
const PATIENCE = 1.2;

/** Makes the connections of one login, bounded and watched; `silence` watches those of the whole process. */
export class Connections {
  readonly silence: Silence;
  /** Connections of pools that were lost and not ended by us, since start. */
  lost = 0;
  readonly #config: SettledConfig;
  readonly #ownTimeout: boolean;
  readonly #all = new Set<WatchedClient>();
  readonly #watches: boolean;
  #ending = false;

  constructor(
    config: SettledConfig & { readonly connectionString: string },
    private readonly bounds: Bounds,
    private readonly log: Logger,
    /** What one of the process's connections is found to be, the others probably are. */
    silence: Silence | undefined,
  ) {
    const { idleTransactionMs, connectMs, lockMs, answerMs } = bounds;
    this.#config = {
      ...config,
      // A machine that is lost inside a transaction must not hold its locks until TCP notices.
      idle_in_transaction_session_timeout: idleTransactionMs,
      connectionTimeoutMillis: connectMs,
      ...(lockMs > 0 ? { lock_timeout: lockMs } : {}),
    };
    const options = new URL(config.connectionString).searchParams.get("options") ?? "";
    this.#ownTimeout = options.includes("statement_timeout");
    this.silence = silence ?? new Silence(answerMs, log);
    this.#watches = silence === undefined;
  }

  /** A pool of connections whose statements take at most `statementMs`. */
  pool(max: number, statementMs: number, onStatement: () => void): FairPool {
    const config = this.#bounded(statementMs);
    const watch = (client: WatchedClient) => this.#watch(client);
    const { connectMs, waitMs } = this.bounds;
    const pool = new FairPool(max, waitMs, {
      idleTimeoutMillis: 30_000,
      // For a free one; those that are made know their own.
      ...(waitMs > 0 ? { connectionTimeoutMillis: Math.max(waitMs, connectMs) } : {}),
      Client: class extends WatchedClient {
        constructor() {
          super(config);
          watch(this);
        }
      },
    });
    pool.on("acquire", (client) => lend(client, true));
    pool.on("release", (_error, client) => lend(client, false));
    pool.on("error", (error) => this.#lost(error));
    pool.on("connect", (client) => {
      // The query under way fails by itself; without a listener the loss of a connection in use would end the process.
      client.on("error", (error) => this.#lost(error));
      const query = client.query;
      client.query = ((...args: unknown[]) => {
        onStatement();
        return Reflect.apply(query, client, args);
      }) as typeof query;
    });
    return pool;
  }

  /** A connection of its own; with `statementMs` 0 its statements take as long as they take. */
  dedicated(name: string, statementMs: number, pipeline: boolean): WatchedClient {
    const client = new WatchedClient({ ...this.#bounded(statementMs), application_name: name, pipeline });
    this.#watch(client);
    return client;
  }

  /** From now on a connection that is lost is no news. */
  ending(): void {
    this.#ending = true;
  }

  /** Gives every connection up. */
  cut(): void {
    for (const client of this.#all) client.giveUp(true);
  }

  /** Nothing is watched any more. */
  end(): void {
    if (this.#watches) this.silence.stop();
  }

  /** Postgres ends a statement after so long; if it does not say so, we give the connection up. */
  #bounded(statementMs: number): WatchedConfig {
    return {
      ...this.#config,
      // What the URL says of it stands: as an option it would lose against this.
      ...(statementMs > 0 && !this.#ownTimeout ? { statement_timeout: statementMs } : {}),
      silentMs: statementMs * PATIENCE,
    };
  }

  #watch(client: WatchedClient): void {
    this.silence.add(client);
    this.#all.add(client);
    client.once("end", () => this.#all.delete(client));
  }

  /** The driver hangs the whole connection, with its keys, on its errors: only the words are logged. */
  #lost(error: Error): void {
    if (this.#ending || (error instanceof GivenUp && error.ending)) return;
    this.lost++;
    this.log.warn({ reason: error.message }, "a database connection was lost");
  }
}

function lend(client: pg.PoolClient, lent: boolean): void {
  if (client instanceof WatchedClient) client.lent = lent;
}

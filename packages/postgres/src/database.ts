import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { type Tracer, traced } from "@onrecord/telemetry/trace/tracer";
import pg from "pg";
import { describeStatement, tracedClient } from "./traced-client.js";

/** Anything that runs SQL: the pool, or one transaction. `$1`-style parameters; 64-bit integers come back as numbers. */
export interface Sql {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

/** Where a transaction keeps its connection: for the ORM's unit of work, and nobody else. */
export const connection = Symbol("connection");

/** One open transaction. Whoever asks for a `Tx` cannot write outside of one by mistake. */
export interface Tx extends Sql {
  readonly [connection]: pg.ClientBase;
  /** Runs as the last part of the transaction, before its commit: the place for writes that were put off. */
  beforeCommit(write: () => Promise<void>): void;
  /** Runs after the commit, never after a rollback: the place for hints on the bus. */
  onCommit(effect: () => void): void;
}

const types = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    // int8: versions, revisions and byte counts stay far below 2^53.
    oid === 20 && format !== "binary"
      ? Number
      : pg.types.getTypeParser(oid, format as "text")) as typeof pg.types.getTypeParser,
};

/** The process's connections to Postgres, under the service's own restricted role. */
export class Database implements Sql, AsyncDisposable {
  /** Statements sent to the pool since start: the count that shows whether a query does N+1. */
  statements = 0;
  /** Connections that were lost and not ended by us, since start. */
  lost = 0;
  readonly pool: pg.Pool;
  /** For single statements outside of any transaction that must go through while one is open. */
  readonly reserve: pg.Pool;
  /** One connection beside the transaction that changes rights: whoever begins such a one takes this first, and so they go one by one. */
  readonly aside: pg.Pool;
  readonly #connection: pg.ClientConfig;
  readonly #log: Logger;
  readonly #tracer: Tracer | undefined;
  #ending = false;

  /** `within`: the connections of the process, which count the statements of these too. */
  constructor(
    url: string,
    options: {
      log: Logger;
      max?: number;
      role?: string;
      name?: string;
      within?: Database;
      tracer?: Tracer | undefined;
    },
  ) {
    const { within } = options;
    this.#connection = {
      connectionString: options.role ? withRole(url, options.role) : url,
      types,
      application_name: options.name ?? "onrecord",
      // A machine that is lost inside a transaction must not hold its locks until TCP notices.
      idle_in_transaction_session_timeout: 30_000,
    };
    this.#log = options.log;
    this.#tracer = options.tracer;
    this.pool = this.#open(options.max ?? 12, () => {
      this.statements++;
      if (within) within.statements++;
    });
    // One connection that no open transaction ever holds: whoever needs it inside a transaction never waits for another of its kind.
    this.reserve = this.#open(1, () => undefined);
    this.aside = this.#open(1, () => undefined);
  }

  #open(max: number, onStatement: () => void): pg.Pool {
    const pool = new pg.Pool({ ...this.#connection, max, idleTimeoutMillis: 30_000 });
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

  /** The driver hangs the whole connection, with its keys, on its errors: only the words are logged. */
  #lost({ message }: Error): void {
    if (this.#ending) return;
    this.lost++;
    this.#log.warn({ reason: message }, "a database connection was lost");
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.traced(text, async () => (await this.pool.query<Row>(text, values as unknown[])).rows);
  }

  /** Sends a statement as a part of what is being traced, if anything is; the wait for a connection is in it. */
  traced<T>(text: string, work: () => Promise<T>): Promise<T> {
    return traced(this.#tracer, () => describeStatement(text), work);
  }

  /** A connection whose statements are parts of what is being traced, if anything is. */
  tracedClient<Client extends pg.ClientBase>(client: Client): Client {
    return this.#tracer?.current() ? tracedClient(client, (text, work) => this.traced(text, work)) : client;
  }

  /** Runs `work` in one transaction (READ COMMITTED); rolls back when it throws. The one place where transactions begin and end. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return traced(
      this.#tracer,
      () => ["transaction", {}],
      () => this.#transaction(work),
    );
  }

  async #transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const pooled = await this.pool.connect();
    const client = this.tracedClient(pooled);
    let broken: Error | undefined;
    try {
      const writes: (() => Promise<void>)[] = [];
      const effects: (() => void)[] = [];
      await client.query("begin");
      try {
        const result = await work({
          [connection]: client,
          query: async (text, values = []) => (await client.query(text, values as unknown[])).rows,
          beforeCommit: (write) => void writes.push(write),
          onCommit: (effect) => void effects.push(effect),
        });
        for (const write of writes) await write();
        // Postgres answers the commit of a failed transaction with a rollback, and not with an error.
        if ((await client.query("commit")).command === "ROLLBACK")
          throw new AppError(
            "INTERNAL",
            "A statement of this transaction failed, so nothing of it was kept.",
          );
        for (const effect of effects) this.#run(effect);
        return result;
      } catch (error) {
        await client.query("rollback").catch((cause: Error) => {
          broken = cause;
        });
        throw error;
      }
    } finally {
      pooled.release(broken);
    }
  }

  /** What is committed must not look as if it had failed, and one effect must not cost the others. */
  #run(effect: () => void): void {
    try {
      effect();
    } catch (err) {
      this.#log.error({ err }, "an effect after a commit failed");
    }
  }

  /**
   * A connection of its own, outside the pool: for LISTEN and for the group commit. The caller connects and ends it. With `pipeline` a
   * statement is sent while the one before is under way; each is a transaction of its own, and they run in the order in which they were sent.
   */
  dedicated(name: string, { pipeline = false } = {}): pg.Client {
    return new pg.Client({ ...this.#connection, application_name: name, keepAlive: true, pipeline });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    await Promise.all([this.pool.end(), this.reserve.end(), this.aside.end()]);
  }
}

/** The role is the session's default: RESET ROLE leads back to it. In the URL, since options given there would win over others. */
function withRole(url: string, role: string): string {
  const at = new URL(url);
  at.searchParams.set("options", `${at.searchParams.get("options") ?? ""} -c role=${role}`.trim());
  return at.href;
}

/** Fails with one clear sentence when the database cannot be reached with this URL. */
export async function checkReachable(url: string, variable: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    if ((rows[0]?.version ?? 0) < 150_000)
      throw new AppError(
        "BAD_CONFIG",
        `${variable} points to a Postgres older than 15; Onrecord needs 15 or newer.`,
      );
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const at = new URL(url);
    throw new AppError(
      "BAD_CONFIG",
      `Cannot reach the database of ${variable} (${at.hostname}:${at.port || 5432}${at.pathname}): ${(cause as Error).message || (cause as { code?: string }).code}.`,
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

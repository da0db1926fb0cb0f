import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { type Tracer, traced } from "@onrecord/telemetry/trace/tracer";
import pg from "pg";
import { type Bounds, usualBounds } from "./bounds.js";
import { Connections } from "./connections.js";
import type { FairPool } from "./fair-pool.js";
import { describeStatement, tracedClient } from "./traced-client.js";
import { isUnknown } from "./unavailable.js";
import type { WatchedClient } from "./watched-client.js";

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
  readonly pool: FairPool;
  /** For single statements outside of any transaction that must go through while one is open. */
  readonly reserve: FairPool;
  /** One connection beside the transaction that changes rights: whoever begins such a one takes this first, and so they go one by one. */
  readonly aside: FairPool;
  readonly #connections: Connections;
  readonly #bounds: Bounds;
  readonly #log: Logger;
  readonly #tracer: Tracer | undefined;

  /** `within`: the connections of the process, which count the statements of these too. `pooled`: there is a pooler before Postgres. */
  constructor(
    url: string,
    options: {
      log: Logger;
      max?: number;
      role?: string;
      name?: string;
      within?: Database;
      pooled?: boolean;
      bounds?: Bounds;
      tracer?: Tracer | undefined;
    },
  ) {
    const { within, bounds = usualBounds } = options;
    const { log, role, pooled, name = "onrecord", max = 12 } = options;
    this.#bounds = bounds;
    this.#log = log;
    this.#tracer = options.tracer;
    this.#connections = new Connections(
      { connectionString: url, role, pooled, types, application_name: name },
      bounds,
      log,
      within ? within.#connections.silence : undefined,
    );
    const { answerMs, statementMs } = bounds;
    this.pool = this.#connections.pool(max, statementMs, () => {
      this.statements++;
      if (within) within.statements++;
    });
    // One connection that no open transaction ever holds: whoever needs it inside a transaction never waits for another of its kind.
    this.reserve = this.#connections.pool(1, answerMs, () => undefined);
    this.aside = this.#connections.pool(1, answerMs, () => undefined);
  }

  /** Connections that were lost and not ended by us, since start. */
  get lost(): number {
    return this.#connections.lost;
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
        if ((await this.#commit(client)).command === "ROLLBACK")
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

  async #commit(client: pg.ClientBase): Promise<pg.QueryResult> {
    try {
      return await client.query("commit");
    } catch (cause) {
      if (!isUnknown(cause)) throw cause;
      throw new AppError(
        "UNAVAILABLE",
        "The database was lost while this was being kept, and may have kept it: look before you try again.",
        { cause },
      );
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
   * `bounded`: it is given up where an answer does not come in time.
   */
  dedicated(name: string, { pipeline = false, bounded = false } = {}): WatchedClient {
    return this.#connections.dedicated(name, bounded || pipeline ? this.#bounds.answerMs : 0, pipeline);
  }

  /** From now on no connection and no answer is waited for longer than so many milliseconds: the process ends. */
  hurry(withinMs: number): void {
    this.#connections.silence.hurry(withinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connections.ending();
    const ended = Promise.all([this.pool.end(), this.reserve.end(), this.aside.end()]);
    // A pool waits for what it has lent.
    const late = setTimeout(() => this.#connections.cut(), this.#bounds.answerMs);
    await ended;
    clearTimeout(late);
    this.#connections.end();
  }
}

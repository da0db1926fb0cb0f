import type { Logger } from "@onrecord/core/log";
import type { Database, Sql } from "@onrecord/postgres/database";
import { GivenUp, type WatchedClient } from "@onrecord/postgres/watched-client";

/**
 * One connection that takes a statement while the one before is under way, each a transaction of its own, in the order in which they
 * were sent. When it is lost, or does not answer in time, all that are under way fail, and the next statement opens another: what became
 * of them is then not known.
 */
export class Pipeline implements Sql, AsyncDisposable {
  #client: Promise<WatchedClient> | undefined;
  /** The connection of that, also while it is being made. */
  #connection: WatchedClient | undefined;

  constructor(
    private readonly db: Database,
    private readonly name: string,
    private readonly log: Logger,
  ) {}

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.#client ??= this.#open();
    const client = await this.#client;
    // The name makes it a prepared statement.
    return this.db.traced(
      text,
      async () => (await client.query<Row>({ name: this.name, text, values: [...values] })).rows,
    );
  }

  #open(): Promise<WatchedClient> {
    const client = this.db.dedicated(this.name, { pipeline: true });
    this.#connection = client;
    const opening = client.connect().then(() => client);
    const lost = () => {
      if (this.#client === opening) this.#client = undefined;
    };
    opening.catch(lost);
    // The driver hangs the whole connection, with its keys, on its errors: only the words are logged.
    client.on("error", (error) => {
      if (!(error instanceof GivenUp && error.ending))
        this.log.warn({ reason: error.message, connection: this.name }, "a database connection was lost");
      lost();
    });
    client.on("end", lost);
    return opening;
  }

  /** All that is under way fails at once: the process ends. */
  giveUp(): void {
    this.#connection?.giveUp(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.end();
  }
}

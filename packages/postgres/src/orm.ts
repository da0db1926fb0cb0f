import {
  DataloaderType,
  type EntityManager,
  MikroORM,
  type Options,
  PostgreSqlDriver,
} from "@mikro-orm/postgresql";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import { connection, type Database, type Tx } from "./database.js";

/** What an ORM is opened with. */
export interface OrmOptions {
  readonly db: Database;
  readonly log: Logger;
  /** The Postgres schema of these entities, unless one names its own. */
  readonly schema: string;
  readonly entities: NonNullable<Options["entities"]>;
}

/** A subgraph's entities on the process's own connections. */
export interface Orm extends AsyncDisposable {
  /** A new unit of work: one per request (or per event), never shared. Relations load in batches. */
  em(): EntityManager;
}

/** Opens MikroORM on the pool of the platform: no second pool, and every statement is counted with the others. */
export async function openOrm({ db, log, schema, entities }: OrmOptions): Promise<Orm> {
  const { pool } = db;
  const orm = await MikroORM.init({
    driver: PostgreSqlDriver,
    dbName: "onrecord",
    // Closing the ORM must not end connections that others use, so `end` does nothing.
    driverOptions: new Kysely({
      dialect: new PostgresDialect({
        pool: {
          connect: async () => db.tracedClient(await pool.connect()),
          end: async () => undefined,
          options: pool.options,
        },
      }),
    }),
    schema,
    entities,
    dataloader: DataloaderType.ALL,
    allowGlobalContext: false,
    ensureDatabase: false,
    logger: (message) => log.debug({ schema }, message),
  });
  keepOwnErrors(orm);
  return {
    em: () => orm.em.fork(),
    [Symbol.asyncDispose]: () => orm.close(true),
  };
}

/** What the pool says in our own words (RATE_LIMITED) is not a fault of the driver: it comes out as it is. */
function keepOwnErrors(orm: MikroORM): void {
  const converter = orm.em.getPlatform().getExceptionConverter();
  const convert = converter.convertException.bind(converter);
  converter.convertException = (error) =>
    error instanceof AppError ? (error as never) : convert(error as never);
}

/**
 * A unit of work of the ORM inside `tx`: it reads and writes on the connection of the transaction, remembers nothing that was read
 * before, and is flushed right before the commit. The transaction stays the database's: `commit` and `rollback` are not asked of the ORM.
 */
export function unitOfWork(em: EntityManager, tx: Tx): EntityManager {
  if (em.isInTransaction()) throw new TypeError("this entity manager is in a transaction already");
  const inner = em.fork();
  inner.setTransactionContext(onConnectionOf(tx));
  tx.beforeCommit(() => inner.flush());
  return inner;
}

/** The ORM's query runner on the one connection of a transaction, which is not its to give back. */
function onConnectionOf(tx: Tx): Kysely<unknown> {
  const client = tx[connection];
  const borrowed = { query: client.query.bind(client), release: () => undefined } as PostgresPoolClient;
  const pool = { connect: async () => borrowed, end: async () => undefined, options: {} };
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

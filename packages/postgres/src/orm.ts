import {
  DataloaderType,
  type EntityManager,
  MikroORM,
  type Options,
  PostgreSqlDriver,
} from "@mikro-orm/postgresql";
import type { Logger } from "@onrecord/core/log";
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from "kysely";
import { asTransaction, type Database, type Sql, type Tx } from "./database.js";

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
        pool: { connect: () => pool.connect(), end: async () => undefined, options: pool.options },
      }),
    }),
    schema,
    entities,
    dataloader: DataloaderType.ALL,
    allowGlobalContext: false,
    ensureDatabase: false,
    logger: (message) => log.debug({ schema }, message),
  });
  return {
    em: () => orm.em.fork(),
    [Symbol.asyncDispose]: () => orm.close(true),
  };
}

/**
 * Runs `work` in one transaction of the ORM and hands it the same transaction as a `Tx`, so that what is put on the record and
 * what is recorded commit together or not at all. Changes to entities are flushed before the commit; effects of
 * `tx.onCommit` run after it. Transactions do not nest: an inner one could only pretend to commit.
 */
export async function transactional<T>(
  em: EntityManager,
  work: (em: EntityManager, tx: Tx) => Promise<T>,
): Promise<T> {
  if (em.isInTransaction()) throw new TypeError("this entity manager is in a transaction already");
  let effects: (() => void) | undefined;
  const result = await em.transactional(async (inner) => {
    const { tx, committed } = asTransaction(sqlOf(inner));
    effects = committed;
    return work(inner, tx);
  });
  effects?.();
  return result;
}

/** Plain SQL on the connection of the entity manager's transaction. */
function sqlOf(em: EntityManager): Sql["query"] {
  const transaction = em.getTransactionContext<Transaction<unknown>>();
  if (!transaction) throw new TypeError("the entity manager has no transaction");
  return async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await transaction.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}

import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import pg from "pg";
import { appliedMigrations, leftBehindBy, prepareAppliedMigrations } from "./applied-migrations.js";
import { usualBounds } from "./bounds.js";
import type { Sql } from "./database.js";
import { whoHolds } from "./lock-holders.js";
import { faultOfEmpty } from "./unsound-database.js";

const folder = new URL("../migrations/", import.meta.url);
/** Any fixed number: it only has to be the same in every process that migrates one database. */
export const MIGRATION_LOCK = 0x0a_d1_7_1;

/**
 * How long a statement of a migration may wait for a lock, in milliseconds. While it waits, whoever else wants the table waits behind it: so
 * it gives up soon, lets them pass, and comes back. Below Postgres's deadlock_timeout, so that it is the migration that gives way.
 */
const LOCK_WAIT = 800;
/** How often a migration comes back before it says who is in its way, and how long it lets others pass, in milliseconds. */
const ATTEMPTS = 40;
const PAUSE = 700;
/** How long another process that migrates the same database may take, in tries a second apart. */
const PATIENCE = 600;

/** What keeps a migration from its locks for the moment: lock_not_available, deadlock_detected. */
const passing: readonly unknown[] = ["55P03", "40P01"];

/** The numbered migrations of this build, in order. */
export async function listMigrations(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort();
}

/**
 * What a database still lacks of this build. Throws when a newer build has taken away what this one needs. Needs no more than the services'
 * own rights.
 */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const names = await listMigrations();
  const applied = await appliedMigrations(sql);
  const newer = leftBehindBy(applied, names);
  if (newer !== undefined) {
    throw new AppError(
      "BAD_CONFIG",
      `The database has the migration ${newer}, which takes away what this build needs: it was made by a newer Onrecord. Upgrade this installation.`,
    );
  }
  return names.filter((name) => !applied.includes(name));
}

/** How a migration is told of. */
export interface MigrateOptions {
  /** How often a migration that others keep from its locks comes back. */
  readonly attempts?: number;
  /** Told before anything is changed, where there is something to do and this login may. */
  readonly onBegin?: () => void;
}

/**
 * Brings the database forward to this build, one transaction a migration, under a lock so that several processes may start at once. What is
 * broken off is gone on with by the next call. Returns the names that were applied. `adminUrl` is the owner of the schemas; it is not
 * needed when there is nothing to do.
 */
export async function migrate(
  adminUrl: string,
  log: Logger,
  { attempts = ATTEMPTS, onBegin }: MigrateOptions = {},
): Promise<string[]> {
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: "onrecord migrate",
    connectionTimeoutMillis: usualBounds.connectMs,
    keepAlive: true,
  });
  // What is lost between two statements is told by the next one.
  client.on("error", () => undefined);
  await client.connect();
  const sql: Sql = { query: async (text, values = []) => (await client.query(text, [...values])).rows };
  try {
    if ((await pendingMigrations(sql)).length === 0) return [];
    await refuseUnsound(sql);
    await takeTurn(sql, log);
    await client.query("create schema if not exists onrecord").catch((cause: Error) => {
      throw new AppError(
        "BAD_CONFIG",
        `The database is not at this build's schema and this login may not change it: run \`onrecord migrate\` with DATABASE_ADMIN_URL (${cause.message}).`,
        { cause },
      );
    });
    onBegin?.();
    await client.query(`set lock_timeout = ${LOCK_WAIT}`);
    // What lies between two statements is this process's own work: a machine that is lost must not hold everybody up.
    await client.query("set idle_in_transaction_session_timeout = 30000");
    await inTransaction(client, { attempts, torn: false }, "The table of migrations", () =>
      prepareAppliedMigrations(sql),
    );
    const pending = await pendingMigrations(sql);
    const newest = (await appliedMigrations(sql)).at(-1) ?? "";
    for (const name of pending) {
      const how = { attempts, torn: name < newest };
      await inTransaction(client, how, `The migration ${name}`, () => runMigration(sql, name));
      log.info({ migration: name }, "applied a migration");
    }
    return pending;
  } finally {
    await client.end();
  }
}

/** What could only fail half-way is not begun. */
async function refuseUnsound(sql: Sql): Promise<void> {
  const fault = await faultOfEmpty(sql);
  if (fault !== undefined) throw new AppError("BAD_CONFIG", fault);
}

/** Runs one migration and notes it, in the transaction that the caller has begun as the owner. */
export async function runMigration(sql: Sql, name: string): Promise<void> {
  await sql.query(await readFile(new URL(name, folder), "utf8"));
  await sql.query("insert into onrecord.applied_migration (name) values ($1)", [name]);
}

/** Waits until no other process migrates this database. */
async function takeTurn(sql: Sql, log: Logger): Promise<void> {
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const [turn] = await sql.query<{ taken: boolean }>("select pg_try_advisory_lock($1) as taken", [
      MIGRATION_LOCK,
    ]);
    if (turn?.taken) return;
    if (attempt === 3) log.warn("another process is migrating this database, and this one waits for it");
    await delay(attempt < 10 ? 100 : 1000);
  }
  throw new AppError(
    "CONFLICT",
    `Another process has been migrating this database for ten minutes (${await whoHolds(sql)}). End it if it is dead, and run \`onrecord migrate\` again.`,
  );
}

/** What to do about a refusal of Postgres's, where that can be told. */
function help(code: unknown, message: string, torn: boolean): string {
  // admin_shutdown and its kind, or nothing at all: the connection is gone.
  if (/^57P0/.test(String(code)) || /connection|ECONN/i.test(message))
    return " Run `onrecord migrate` again: it goes on where it was.";
  if (torn)
    return " Later ones were applied before it: the database is half of a copy. Restore a backup that is whole.";
  // insufficient_privilege
  if (code !== "42501") return "";
  return " Migrate with DATABASE_ADMIN_URL as a login that owns the database and may make roles (`alter role … createrole`).";
}

/** One transaction, begun again while others hold what it needs. */
async function inTransaction(
  client: pg.Client,
  { attempts, torn }: { attempts: number; torn: boolean },
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query("begin");
      await work();
      await client.query("commit");
      return;
    } catch (cause) {
      await client.query("rollback").catch(() => undefined);
      const { code, message } = cause as { code?: unknown; message: string };
      if (!passing.includes(code))
        throw new AppError(
          "BAD_CONFIG",
          `${what} failed, and nothing of it was kept: ${message}.${help(code, message, torn)}`,
          {
            cause,
          },
        );
      if (attempt >= attempts) {
        const sql: Sql = { query: async (text, values = []) => (await client.query(text, [...values])).rows };
        throw new AppError(
          "CONFLICT",
          `${what} could not get its locks, and nothing of it was kept; what came before it was. The longest transactions that are open: ${await whoHolds(sql)}. ` +
            "Let them end, or end them (`select pg_terminate_backend(pid)`), and run `onrecord migrate` again: it goes on where it was.",
          { cause },
        );
      }
      await delay(PAUSE);
    }
  }
}

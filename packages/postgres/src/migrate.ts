import { readdir, readFile } from "node:fs/promises";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import pg from "pg";
import { usualBounds } from "./bounds.js";
import type { Sql } from "./database.js";

const folder = new URL("../migrations/", import.meta.url);
/** Any fixed number: it only has to be the same in every process that migrates one database. */
const LOCK = 0x0a_d1_7_1;

/** The numbered migrations of this build, in order. */
export async function listMigrations(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort();
}

/** What a database still lacks of this build. Throws when it was made by a newer one. Needs no more than the services' own rights. */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const [known] = await sql.query<{ there: boolean }>(
    "select to_regclass('onrecord.migration') is not null as there",
  );
  const rows = known?.there ? await sql.query<{ name: string }>("select name from onrecord.migration") : [];
  const names = await listMigrations();
  const applied = new Set(rows.map((row) => row.name));
  const newer = [...applied].find((name) => !names.includes(name));
  if (newer !== undefined) {
    throw new AppError(
      "BAD_CONFIG",
      `The database has the migration ${newer}, which this build does not know: it was made by a newer Onrecord. Upgrade this installation.`,
    );
  }
  return names.filter((name) => !applied.has(name));
}

/**
 * Brings the database forward to this build, one transaction a migration, under a lock so that several processes may start at once.
 * Returns the names that were applied. `adminUrl` is the owner of the schemas; it is not needed when there is nothing to do.
 */
export async function migrate(adminUrl: string, log: Logger): Promise<string[]> {
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: "onrecord migrate",
    connectionTimeoutMillis: usualBounds.connectMs,
    keepAlive: true,
  });
  await client.connect();
  const sql: Sql = { query: async (text, values = []) => (await client.query(text, [...values])).rows };
  try {
    if ((await pendingMigrations(sql)).length === 0) return [];
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await client.query("create schema if not exists onrecord").catch((cause: Error) => {
      throw new AppError(
        "BAD_CONFIG",
        `The database is not at this build's schema and this login may not change it: run \`onrecord migrate\` with DATABASE_ADMIN_URL (${cause.message}).`,
        { cause },
      );
    });
    await client.query(
      "create table if not exists onrecord.migration (name text primary key, applied_at timestamptz not null default now())",
    );
    const pending = await pendingMigrations(sql);
    for (const name of pending) {
      await apply(client, name);
      log.info({ migration: name }, "applied a migration");
    }
    return pending;
  } finally {
    await client.end();
  }
}

async function apply(client: pg.Client, name: string): Promise<void> {
  await client.query("begin");
  try {
    await client.query(await readFile(new URL(name, folder), "utf8"));
    await client.query("insert into onrecord.migration (name) values ($1)", [name]);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    throw new AppError("BAD_CONFIG", `The migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}

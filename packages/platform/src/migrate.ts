import { readdir, readFile } from "node:fs/promises";
import pg from "pg";
import { AppError } from "./errors.js";
import type { Logger } from "./log.js";

const folder = new URL("../migrations/", import.meta.url);
/** Any fixed number: it only has to be the same in every process that migrates one database. */
const LOCK = 0x0a_d1_7_1;

/** The numbered migrations of this build, in order. */
export async function listMigrations(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort();
}

/**
 * Brings the database forward to this build, one transaction a migration, under a lock so that several processes may start at once.
 * Returns the names that were applied. `adminUrl` is the owner of the schemas.
 */
export async function migrate(adminUrl: string, log: Logger): Promise<string[]> {
  const names = await listMigrations();
  const client = new pg.Client({ connectionString: adminUrl, application_name: "onrecord migrate" });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await client.query("create schema if not exists onrecord");
    await client.query(
      "create table if not exists onrecord.migration (name text primary key, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string }>(
      "select name from onrecord.migration order by name",
    );
    const known = new Set(rows.map((row) => row.name));
    for (const name of known) {
      if (!names.includes(name))
        throw new AppError(
          "BAD_CONFIG",
          `The database has the migration ${name}, which this build does not know: it was made by a newer Onrecord. Upgrade this installation.`,
        );
    }
    const applied: string[] = [];
    for (const name of names.filter((n) => !known.has(n))) {
      await client.query("begin");
      try {
        await client.query(await readFile(new URL(name, folder), "utf8"));
        await client.query("insert into onrecord.migration (name) values ($1)", [name]);
        await client.query("commit");
      } catch (cause) {
        await client.query("rollback");
        throw new AppError("BAD_CONFIG", `The migration ${name} failed: ${(cause as Error).message}`, {
          cause,
        });
      }
      log.info({ migration: name }, "applied a migration");
      applied.push(name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

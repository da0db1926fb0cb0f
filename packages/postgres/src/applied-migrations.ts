import type { Sql } from "./database.js";

/**
 * Which migrations a database has, in order. They are in `onrecord.applied_migration`. `onrecord.migration` is what 0.1.0 looks at, which
 * refuses a database with a migration that it does not know: a view that shows it no more than it knows, until something is taken away
 * that it needs.
 */
export async function appliedMigrations(sql: Sql): Promise<string[]> {
  const table = await findTable(sql);
  if (table === undefined) return [];
  return (await sql.query<{ name: string }>(`select name from ${table} order by name`)).map(
    ({ name }) => name,
  );
}

const now = "onrecord.applied_migration";
const before = "onrecord.migration";

/** Where a database notes its migrations: it is another table in what 0.1.0 migrated; undefined in an empty one. */
async function findTable(sql: Sql): Promise<string | undefined> {
  const [is] = await sql.query<{ now: boolean; before: boolean }>(
    "select to_regclass($1) is not null as now, to_regclass($2) is not null as before",
    [now, before],
  );
  if (is?.now) return now;
  return is?.before ? before : undefined;
}

/** Makes the table and the view where they are missing; in a transaction of the owner's. */
export async function prepareAppliedMigrations(sql: Sql): Promise<void> {
  const table = await findTable(sql);
  if (table === now) return;
  await sql.query(
    table === undefined
      ? "create table onrecord.applied_migration (name text primary key, applied_at timestamptz not null default now())"
      : `alter table ${table} rename to applied_migration`,
  );
  await sql.query(
    `create view onrecord.migration as select name, applied_at from onrecord.applied_migration
     where name < '010' or name like '___-contract-after-%'`,
  );
  // In an empty database the first migrations give it to the services; nodes of 0.1.0 that run must not miss it for a moment.
  if (table !== undefined) await sql.query("grant select on onrecord.migration to onrecord_app");
}

/**
 * The migration by which a database has left this build behind; undefined where there is none. What this build does not know adds something
 * and does not disturb it, unless its name says that it takes away what builds need that do not know another one: `040-contract-after-031-…`.
 */
export function leftBehindBy(applied: readonly string[], known: readonly string[]): string | undefined {
  return applied.find((name) => {
    if (known.includes(name)) return false;
    const after = /^\d{3}-contract-after-(\d{3})-/.exec(name)?.[1];
    return after !== undefined && !known.some((one) => one.startsWith(`${after}-`));
  });
}

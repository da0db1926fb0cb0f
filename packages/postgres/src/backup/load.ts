import { AppError } from "@onrecord/core/errors";
import { from as copyFrom } from "pg-copy-streams";
import { prepareAppliedMigrations } from "../applied-migrations.js";
import { listMigrations, MIGRATION_LOCK, runMigration } from "../migrate.js";
import { type KeptTable, listKeptTables, nameOf, quoted, type SequenceState } from "./kept-tables.js";
import { setAsideRules } from "./rules.js";
import { type CopySession, explainFailure, openCopySession } from "./session.js";

/** An empty database that is being filled, in one transaction. */
export interface Load {
  readonly sql: CopySession;
  /** Writes a table's rows in COPY's text form; answers how many there were. */
  rows(table: KeptTable, chunks: AsyncIterable<Buffer>): Promise<number>;
  /** Every row is there: sequences go on where they stood, rules hold again, and the schema comes to this build. */
  finish(sequences: readonly SequenceState[]): Promise<void>;
}

/**
 * Fills an empty database: makes the schema of `migrations`, lets `work` bring the rows and finish, and commits. Whatever fails before that,
 * nothing is there afterwards but the services' roles. CONFLICT when the database holds anything; BAD_CONFIG when this build cannot
 * make that schema.
 */
export async function loadDatabase<T>(
  adminUrl: string,
  { migrations, tables }: { migrations: readonly string[]; tables: readonly KeptTable[] },
  work: (load: Load) => Promise<T>,
): Promise<T> {
  return load(adminUrl, { migrations, tables }, work).catch((error: unknown) => {
    throw explainFailure(error, "nothing was restored");
  });
}

async function load<T>(
  adminUrl: string,
  { migrations, tables }: { migrations: readonly string[]; tables: readonly KeptTable[] },
  work: (load: Load) => Promise<T>,
): Promise<T> {
  await using session = await openCopySession(adminUrl, "onrecord restore");
  const ours = await listMigrations();
  const unknown = migrations.find((name) => !ours.includes(name));
  if (unknown !== undefined)
    throw new AppError(
      "BAD_CONFIG",
      `The backup has the migration ${unknown}, which this build does not know: restore it with the Onrecord that made it, or a newer one.`,
    );
  await session.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
  await session.query("begin");
  await mustBeEmpty(session);
  await session.query("create schema onrecord");
  await prepareAppliedMigrations(session);
  for (const name of migrations) await migrateWithin(session, name);
  mustBeThese(await listKeptTables(session), tables);
  const names = tables.map(({ schema, name }) => quoted(schema, name));
  const bringBackRules = await setAsideRules(session);
  // Migrations put rows of their own into some.
  await session.query(`truncate ${names.join(", ")}`);

  const result = await work({
    sql: session,
    rows: (table, chunks) =>
      copyRows(session, table, chunks).catch((error: unknown) => {
        // What writes to a lost connection fails in its own words.
        throw session.loss() ?? (error instanceof TypeError ? new Error("Connection terminated") : error);
      }),
    finish: async (sequences) => {
      for (const { schema, name, last } of sequences)
        if (last !== null)
          await session.query("select setval($1::regclass, $2::bigint)", [quoted(schema, name), last]);
      await bringBackRules();
      for (const name of ours.filter((name) => !migrations.includes(name)))
        await migrateWithin(session, name);
    },
  });
  await session.query("commit");
  // Plans are made for what is there now, and not for empty tables.
  await session.query("analyze");
  return result;
}

async function copyRows(
  { client }: CopySession,
  table: KeptTable,
  chunks: AsyncIterable<Buffer>,
): Promise<number> {
  const stream = client.query(copyFrom(copyIn(table)));
  const ended = new Promise<void>((resolve, reject) => stream.once("finish", resolve).once("error", reject));
  // It may fail while the next chunk is still read.
  ended.catch(() => undefined);
  for await (const chunk of chunks)
    if (!stream.write(chunk))
      await Promise.race([new Promise((resolve) => stream.once("drain", resolve)), ended]);
  stream.end();
  await ended;
  return stream.rowCount;
}

async function migrateWithin(session: CopySession, name: string): Promise<void> {
  try {
    // A table with events that wait for the end of the transaction cannot be altered.
    await session.query("set constraints all immediate");
    await session.query('set search_path = "$user", public');
    await runMigration(session, name);
    await session.query("set search_path = pg_catalog");
  } catch (cause) {
    throw new AppError("BAD_CONFIG", `The migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}

/** Of Onrecord there may be a schema that nobody has used; it makes room. */
async function mustBeEmpty(session: CopySession): Promise<void> {
  const schemas = await session.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit')`,
  );
  if (schemas.length === 0) return;
  const [used] = await session.query<{ known: boolean }>(
    "select to_regclass('audit.entry') is not null and to_regclass('identity.user') is not null and to_regclass('documents.document') is not null as known",
  );
  const [rows] = used?.known
    ? await session.query<{ any: boolean }>(
        `select exists (select from audit.entry) or exists (select from identity.user) or exists (select from documents.document) as any`,
      )
    : [{ any: true }];
  if (rows?.any)
    throw new AppError(
      "CONFLICT",
      "This database is not empty, and a backup is only restored into an empty one: make another database, or another data directory.",
    );
  const others = await session.query(
    `select from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name ~ '^onrecord'`,
  );
  if (others.length > 0)
    throw new AppError("CONFLICT", "Onrecord is running on this database: stop it, and restore then.");
  await session.query(`drop schema ${schemas.map(({ name }) => quoted(name)).join(", ")} cascade`);
}

function mustBeThese(made: readonly KeptTable[], wanted: readonly KeptTable[]): void {
  const text = (tables: readonly KeptTable[]) =>
    tables.map((table) => `${nameOf(table)} (${table.columns.join(", ")})`).sort();
  const [ours, theirs] = [text(made), text(wanted)];
  const other = theirs.find((line) => !ours.includes(line)) ?? ours.find((line) => !theirs.includes(line));
  if (other !== undefined)
    throw new AppError(
      "BAD_CONFIG",
      `The backup's migrations do not make its tables: ${other} is in one and not in the other. Its database was altered by hand.`,
    );
}

function copyIn({ schema, name, columns }: KeptTable): string {
  return `copy ${quoted(schema, name)} (${columns.map((column) => quoted(column)).join(", ")}) from stdin`;
}

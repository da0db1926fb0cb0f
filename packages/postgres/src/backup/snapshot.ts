import { AppError } from "@onrecord/core/errors";
import { to as copyTo } from "pg-copy-streams";
import { appliedMigrations } from "../applied-migrations.js";
import { MIGRATION_LOCK } from "../migrate.js";
import { type KeptTable, listKeptTables, listSequences, quoted, type SequenceState } from "./kept-tables.js";
import { type CopySession, openCopySession } from "./session.js";

/** All tables of a database as they are at one moment, while others go on writing. */
export interface Snapshot {
  /** Reads in the snapshot. */
  readonly sql: CopySession;
  readonly tables: readonly KeptTable[];
  readonly migrations: readonly string[];
  /** As the server tells it: "18.4". */
  readonly serverVersion: string;
  /** Bytes that the tables take on the disk, with their indexes. */
  readonly bytes: number;
  /** A table's rows in COPY's text form, UTF-8, in chunks of any size. */
  rows(table: KeptTable): AsyncIterable<Buffer>;
  /** Read last: whoever drew a number that is in the snapshot drew it before. */
  sequences(): Promise<SequenceState[]>;
}

/** Runs `work` in one read-only transaction that sees one moment. Migrations wait until it ends; nobody else does. */
export async function withSnapshot<T>(
  adminUrl: string,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  await using session = await openCopySession(adminUrl, "onrecord backup");
  if ((await appliedMigrations(session)).length === 0)
    throw new AppError("BAD_CONFIG", "There is nothing to back up: this database is not an Onrecord's.");
  await session.query("select pg_advisory_lock_shared($1)", [MIGRATION_LOCK]);
  const tables = await listKeptTables(session);
  await session.query("begin isolation level repeatable read, read only");
  // Before the first look, from which on everything is as it was then.
  const names = tables.map(({ schema, name }) => quoted(schema, name));
  await session.query(`lock table ${names.join(", ")} in access share mode`);
  const [server] = await session.query<{ version: string; bytes: number }>(
    `select current_setting('server_version') as version,
       (select sum(pg_total_relation_size(t.name::regclass))::text::float8 from unnest($1::text[]) t (name)) as bytes`,
    [names],
  );
  const result = await work({
    sql: session,
    tables,
    migrations: await appliedMigrations(session),
    serverVersion: server!.version,
    bytes: server!.bytes,
    rows: (table) => session.client.query(copyTo(copyOut(table))),
    sequences: () => listSequences(session),
  });
  await session.query("commit");
  return result;
}

/** Through a query, so that a table with partitions is read as well. */
function copyOut({ schema, name, columns }: KeptTable): string {
  return `copy (select ${columns.map((column) => quoted(column)).join(", ")} from ${quoted(schema, name)}) to stdout`;
}

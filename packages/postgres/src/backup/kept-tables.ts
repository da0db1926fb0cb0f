import type { Sql } from "../database.js";

/** A table that a backup holds, with its columns in the order in which rows are written. */
export interface KeptTable {
  readonly schema: string;
  readonly name: string;
  /** All but those that Postgres computes. */
  readonly columns: readonly string[];
}

/** Where a sequence stands. */
export interface SequenceState {
  readonly schema: string;
  readonly name: string;
  /** Decimal; null: never used. */
  readonly last: string | null;
}

/** Schemas of ours: none of Postgres's, of an extension, or of whoever else uses the database by hand. */
const ours = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
  and not exists (select from pg_depend x where x.objid = n.oid and x.deptype = 'e')`;

/**
 * Every table whose rows a backup holds. What is unlogged may be lost with any crash, and is; migrations are noted by the restore
 * that runs them. Rows of partitions are read and written through their table.
 */
export function listKeptTables(sql: Sql): Promise<KeptTable[]> {
  return sql.query<KeptTable>(
    `select n.nspname as schema, c.relname as name, array_agg(a.attname::text order by a.attname) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p' and ${ours}
       and (n.nspname, c.relname) not in (('onrecord', 'migration'), ('onrecord', 'applied_migration'))
     group by 1, 2 order by 1, 2`,
  );
}

/** Where every sequence stands, identity columns' too. Sequences know no snapshot: they stand there or later. */
export function listSequences(sql: Sql): Promise<SequenceState[]> {
  return sql.query<SequenceState>(
    `select s.schemaname as schema, s.sequencename as name, s.last_value::text as last
     from pg_sequences s join pg_namespace n on n.nspname = s.schemaname
     join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename and c.relpersistence = 'p'
     where ${ours} order by 1, 2`,
  );
}

/** A name as SQL wants it. */
export function quoted(...names: readonly string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
}

/** How a table is called in sentences. */
export function nameOf({ schema, name }: Pick<KeptTable, "schema" | "name">): string {
  return `${schema}.${name}`;
}

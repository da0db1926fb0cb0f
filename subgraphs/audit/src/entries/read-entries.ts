import { entryColumns, type PlacedEntry } from "@onrecord/ledger/read";
import type { Sql } from "@onrecord/postgres/database";
import type { EntryFilter } from "./entry-filter.js";
import { filterSql } from "./filter-sql.js";
import type { Told } from "./told.js";

/**
 * An entry with a place from which a subscription may resume after it. Where the order is not final yet, that place lies before
 * everything that may still come in between: resuming there repeats, and misses nothing.
 */
const placedColumns = `${entryColumns}, e.discreet,
  least(e.txid::text::numeric, audit.horizon()::text::numeric - 1)::text as txid`;

/** Entries that pass a filter, newest first, older than `beforeId` when given. */
export function readEntries(
  sql: Sql,
  told: Told,
  filter: EntryFilter,
  limit: number,
  beforeId: string | undefined,
): Promise<PlacedEntry[]> {
  const condition = filterSql(filter);
  const n = condition.values.length;
  return sql.query<PlacedEntry>(
    `select ${placedColumns} from ${told} e
     where ${condition.sql} and ($${n + 1}::uuid is null or e.id < $${n + 1}::uuid)
     order by e.id desc limit $${n + 2}`,
    [...condition.values, beforeId ?? null, limit],
  );
}

/** How many entries pass a filter. */
export async function countEntries(sql: Sql, told: Told, filter: EntryFilter): Promise<number> {
  const { sql: where, values } = filterSql(filter);
  const [row] = await sql.query<{ n: number }>(`select count(*) as n from ${told} e where ${where}`, values);
  return row?.n ?? 0;
}

/** Entries by their ids, in no order. */
export function readEntriesById(sql: Sql, told: Told, ids: readonly string[]): Promise<PlacedEntry[]> {
  return sql.query<PlacedEntry>(`select ${placedColumns} from ${told} e where e.id = any ($1::uuid[])`, [
    ids,
  ]);
}

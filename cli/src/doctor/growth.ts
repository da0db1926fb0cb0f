import type { Sql } from "@onrecord/postgres/database";

/** How large a database is, and how fast the record has grown. */
export interface Growth {
  /** On the disk, with indexes. */
  readonly bytes: number;
  /** The largest tables. */
  readonly largest: readonly { readonly table: string; readonly bytes: number }[];
  readonly entries: number;
  /** Over how many days the pace was taken: seven, or as long as there is a record. */
  readonly days: number;
  readonly entriesPerDay: number;
  /** What an entry has cost so far, with the change that it tells of and everything else, times how many there are a day. */
  readonly bytesPerDay: number;
  readonly sessions: number;
  readonly sessionsPerDay: number;
  /** The log that Postgres writes ahead; null where this login may not look. */
  readonly walBytes: number | null;
  /** Replication slots that nobody reads, and how much of that log each holds back. */
  readonly slots: readonly { readonly name: string; readonly bytes: number }[];
}

/** Over how many days growth is looked at. */
const DAYS = 7;

/** Reads how a database has grown from what it holds: the times are those of the entries themselves. */
export async function readGrowth(sql: Sql): Promise<Growth> {
  const [size] = await sql.query<{ bytes: string; largest: Growth["largest"] }>(
    `with sizes as (
       select format('%s.%s', n.nspname, c.relname) as "table", pg_total_relation_size(c.oid)::float8 as bytes
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     )
     select (select sum(bytes) from sizes)::text as bytes,
       (select json_agg(l) from (select * from sizes order by bytes desc limit 3) l) as largest`,
  );
  // The ids begin with the time: newer ones are a range of the key.
  const [pace] = await sql.query<{ entries: string; recent: string; days: number | null }>(
    `with since as (
       select greatest(clock_timestamp() - make_interval(days => $1), (select e.at from audit.entry e order by e.id limit 1)) as at
     )
     select (select count(*) from audit.entry)::text as entries,
       (select count(*) from audit.entry e where e.id >= overlay(
          '00000000-0000-7000-8000-000000000000' placing
          regexp_replace(lpad(to_hex((extract(epoch from s.at) * 1000)::bigint), 12, '0'), '^(.{8})', '\\1-') from 1 for 13)::uuid
       )::text as recent,
       extract(epoch from clock_timestamp() - s.at)::float8 / 86400 as days
     from since s`,
    [DAYS],
  );
  const [session] = await sql.query<{ live: number; recent: number }>(
    `select count(*) filter (where ended_at is null and expires_at > clock_timestamp())::int as live,
       count(*) filter (where created_at > clock_timestamp() - make_interval(days => $1))::int as recent
     from identity.session`,
    [DAYS],
  );
  const bytes = Number(size!.bytes);
  const entries = Number(pace!.entries);
  // A record of less than an hour says nothing of a day.
  const days = Math.max(pace!.days ?? 0, 1 / 24);
  const entriesPerDay = Number(pace!.recent) / days;
  return {
    bytes,
    largest: size!.largest,
    entries,
    days,
    entriesPerDay,
    bytesPerDay: entries === 0 ? 0 : (bytes / entries) * entriesPerDay,
    sessions: session!.live,
    sessionsPerDay: session!.recent / days,
    walBytes: await readWal(sql),
    slots: await sql
      .query<{ name: string; bytes: number }>(
        `select slot_name as name, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 as bytes
         from pg_replication_slots where not active and restart_lsn is not null`,
      )
      .catch(() => []),
  };
}

async function readWal(sql: Sql): Promise<number | null> {
  const rows = await sql
    .query<{ bytes: number }>("select coalesce(sum(size), 0)::float8 as bytes from pg_ls_waldir()")
    .catch(() => []);
  return rows[0]?.bytes ?? null;
}

import type { Sql } from "./database.js";

/** The sessions of this database whose transactions are open longest, and who migrates, in words for an operator: who may be in the way. */
export async function whoHolds(sql: Sql): Promise<string> {
  const rows = await sql.query<{ pid: number; name: string; login: string; seconds: number }>(
    `select a.pid, a.application_name as name, a.usename as login, extract(epoch from now() - coalesce(a.xact_start, a.backend_start))::int as seconds
     from pg_stat_activity a
     where a.datname = current_database() and a.pid <> pg_backend_pid()
       and (a.xact_start is not null or a.application_name = 'onrecord migrate')
     order by coalesce(a.xact_start, a.backend_start) limit 3`,
  );
  if (rows.length === 0) return "none that this login may see";
  return rows
    .map(({ pid, name, login, seconds }) => `pid ${pid} of ${login} (${name || "no name"}), for ${seconds} s`)
    .join("; ");
}

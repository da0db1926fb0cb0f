import pg from "pg";
import type { Target } from "../load/job.js";

/** Starts counting the transactions of a server's database; the function returned ends it. NaN where there is no database. */
export async function countTransactions({
  database,
}: Pick<Target, "database">): Promise<() => Promise<number>> {
  if (database === undefined) return async () => Number.NaN;
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const read = async () => {
    const { rows } = await client.query<{ count: string }>(
      "select xact_commit as count from pg_stat_database where datname = current_database()",
    );
    return Number(rows[0]?.count);
  };
  const before = await read();
  return async () => {
    const after = await read();
    await client.end();
    return after - before;
  };
}

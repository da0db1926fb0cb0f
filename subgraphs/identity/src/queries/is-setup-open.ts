import type { Sql } from "@onrecord/postgres/database";

/** Whether there never was an administrator. */
export async function isSetupOpen(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ open: boolean }>("select identity.setup_open() as open");
  return row?.open ?? false;
}

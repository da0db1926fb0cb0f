import { resolve } from "node:path";
import pg from "pg";
import { type ConnectionStrings, connectionStrings } from "./logins.js";
import { readState, whole } from "./state.js";

/** Finds the Postgres that another process runs on this data directory, for commands that work beside it; undefined if none answers. */
export async function findRunningPostgres(dataDir: string): Promise<ConnectionStrings | undefined> {
  const state = await readState(resolve(dataDir));
  if (state?.port === undefined) return undefined;
  const urls = connectionStrings(whole(state), state.port);
  // Its password tells it from another program that has the port by now.
  const client = new pg.Client({ connectionString: urls.appUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return urls;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

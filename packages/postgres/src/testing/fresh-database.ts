import { randomBytes } from "node:crypto";
import pg from "pg";
import { type DatabaseUrls, startTestServer } from "./server.js";

/** A database of a test's own, dropped when it is disposed of. */
export type FreshDatabase = DatabaseUrls & AsyncDisposable;

/**
 * Copies the migrated database of the test run's server. What is not run by vitest (the campaigns, the measurements) gets a
 * server of its own. With `migrated: false` it is empty. Channels and advisory locks belong to a database, roles and transaction ids to the whole server.
 */
export async function freshDatabase({ migrated = true } = {}): Promise<FreshDatabase> {
  await using resources = new AsyncDisposableStack();
  const shared = process.env.ONRECORD_TEST_POSTGRES;
  const server: DatabaseUrls =
    shared === undefined ? resources.use(await startTestServer()) : JSON.parse(shared);
  const template = migrated ? new URL(server.adminUrl).pathname.slice(1) : "template0";
  const name = `test_${randomBytes(8).toString("hex")}`;
  // From a database that is not the template: nobody may be connected to that while it is copied.
  const maintain = (text: string) => runAsOwner(at(server.adminUrl, "postgres"), text);
  await maintain(`create database ${name} template ${template}`);
  resources.defer(() => maintain(`drop database ${name} with (force)`));
  const owned = resources.move();
  return {
    adminUrl: at(server.adminUrl, name),
    appUrl: at(server.appUrl, name),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs statements on a connection of their own. */
export async function runAsOwner(adminUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** The URL of another database on the same server. */
function at(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

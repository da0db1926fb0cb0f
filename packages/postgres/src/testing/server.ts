import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@onrecord/core/log";
import { startEmbeddedPostgres } from "../embedded/embedded.js";
import { migrate } from "../migrate.js";
import { binariesAt } from "./other-binaries.js";

/** How the owner of the schemas and the services' login reach a database. */
export interface DatabaseUrls {
  readonly adminUrl: string;
  readonly appUrl: string;
}

/** What the files of a test run share: its server's one migrated database, which tests copy and nobody enters. */
export type TestServer = DatabaseUrls & AsyncDisposable;

const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  // Several files run at once, and a node of a test holds up to some fifteen connections.
  max_connections: "400",
};

/**
 * Starts a Postgres that forgets everything when it is disposed of, and migrates its database. It is the one that npm installed, or that of
 * the directory `root`: of `npm run postgres`, by the environment.
 */
export async function startTestServer(root = process.env.ONRECORD_TEST_POSTGRES_ROOT): Promise<TestServer> {
  await using resources = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "onrecord-test-postgres-"));
  // As root, Postgres runs as another user, who must be able to enter.
  await chmod(dataDir, 0o755);
  resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  const log = createLogger("silent");
  const other = root ? { binaries: await binariesAt(root, log) } : {};
  const server = await startEmbeddedPostgres({ dataDir, log, settings, ...other });
  const { adminUrl, appUrl } = resources.use(server);
  await migrate(adminUrl, log);
  const owned = resources.move();
  return { adminUrl, appUrl, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

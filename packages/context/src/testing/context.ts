import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { freshDatabase } from "@onrecord/postgres/testing/fresh-database";
import { type AppContext, createContext } from "../context.js";

/** The context of a process on a database of its own; `another` is that of a further process on the same database. */
export interface TestContext extends AppContext {
  /** The environment of a process of its own on the same database and keys. */
  readonly env: Readonly<Record<"DATABASE_URL" | "DATABASE_ADMIN_URL" | "ONRECORD_DATA", string>>;
  another(): Promise<AppContext>;
}

/** Opens a context on an empty, migrated database that is dropped when it is disposed of. `env` is as of a process. */
export async function testContext(env: Readonly<Record<string, string>> = {}): Promise<TestContext> {
  await using resources = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "onrecord-test-"));
  resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  const { adminUrl, appUrl } = resources.use(await freshDatabase());
  const environment = {
    DATABASE_URL: appUrl,
    DATABASE_ADMIN_URL: adminUrl,
    ONRECORD_DATA: dataDir,
    ...env,
  };
  const log = createLogger(env.LOG_LEVEL ?? "silent");
  const { config, secrets } = readConfig(environment);
  const context = resources.use(await createContext(config, secrets, log));
  const owned = resources.move();
  return {
    ...context,
    env: environment,
    another: async () => owned.use(await createContext(config, secrets, log)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

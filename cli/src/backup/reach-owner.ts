import type { Config, Secrets } from "@onrecord/core/config";
import type { Logger } from "@onrecord/core/log";
import { checkServer } from "@onrecord/postgres/check-server";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";

/** How the schemas' owner reaches the database. */
export interface OwnerReached extends AsyncDisposable {
  readonly adminUrl: string;
}

/** The database as it is: nothing is migrated. The embedded one is started where nobody runs it, and ends with this. */
export async function reachOwner(config: Config, secrets: Secrets, log: Logger): Promise<OwnerReached> {
  const url = secrets.databaseAdminUrl ?? secrets.databaseUrl;
  if (url !== undefined) {
    await checkServer(url, secrets.databaseAdminUrl ? "DATABASE_ADMIN_URL" : "DATABASE_URL");
    return { adminUrl: url, [Symbol.asyncDispose]: async () => undefined };
  }
  const running = await findRunningPostgres(config.dataDir);
  if (running) return { adminUrl: running.adminUrl, [Symbol.asyncDispose]: async () => undefined };
  return startEmbeddedPostgres({ dataDir: config.dataDir, log });
}

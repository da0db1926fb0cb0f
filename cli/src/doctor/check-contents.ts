import type { Config, Secrets } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { pendingMigrations } from "@onrecord/postgres/migrate";
import { checkGrowth } from "./check-growth.js";
import { checkKeys } from "./check-keys.js";
import { checkSecret } from "./check-secret.js";
import type { Finding } from "./checks.js";

const INSUFFICIENT_PRIVILEGE = "42501";

/** What is in the database: whether this machine opens it, whether its nodes understand each other, how it grows. Nothing where it does not run or is not this build's. */
export async function checkContents(config: Config, secrets: Secrets): Promise<Finding[]> {
  const external = secrets.databaseAdminUrl ?? secrets.databaseUrl;
  const url = external ?? (await findRunningPostgres(config.dataDir))?.adminUrl;
  if (url === undefined) return [];
  const log = createLogger("silent");
  await using db = new Database(url, { log, max: 2, name: "onrecord doctor" });
  const pending = await pendingMigrations(db).catch(() => ["unknown"]);
  if (pending.length > 0) return [];
  try {
    return [
      ...(await checkKeys(db, config, secrets)),
      await checkSecret(db, config, secrets, log),
      ...(await checkGrowth(db, external === undefined ? config.dataDir : null)),
    ];
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (code !== INSUFFICIENT_PRIVILEGE) throw error;
    const text = `this login may not look (${message}): set DATABASE_ADMIN_URL to the owner's`;
    return [{ check: "keys", ok: false, text }];
  }
}

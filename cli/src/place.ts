import { existsSync, readdirSync } from "node:fs";
import type { Config, Secrets } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";
import { readEnvironment } from "./env.js";

type Environment = ReturnType<typeof readEnvironment>;

/** Which Onrecord an environment is of, in words: its database, or the data directory that holds that. */
export function placeOf({ dataDir }: Config, { databaseUrl, databaseAdminUrl }: Secrets): string {
  const address = databaseAdminUrl ?? databaseUrl;
  if (address === undefined) return `the data directory ${dataDir}`;
  const { hostname, port, pathname } = new URL(address);
  return `the database ${decodeURIComponent(pathname.slice(1)) || "of its user"} at ${hostname || "a socket"}:${port || "5432"}`;
}

/**
 * The environment of a command that works on an Onrecord that is there. BAD_CONFIG where there is none: in another folder, without the
 * settings of the process that serves, it would make an empty one and work on that.
 */
export function readOperated(): Environment {
  const environment = readEnvironment();
  if (isThere(environment)) return environment;
  throw new AppError(
    "BAD_CONFIG",
    `There is no Onrecord in ${environment.config.dataDir}. Say which one is meant with the settings that its process has: ONRECORD_DATA, or DATABASE_URL.`,
  );
}

/** Whether an Onrecord was ever started with this environment, as far as this machine knows. */
export function isThere({ config, secrets }: Environment): boolean {
  return secrets.databaseUrl !== undefined || holdsSomething(config.dataDir);
}

function holdsSomething(dir: string): boolean {
  return existsSync(dir) && readdirSync(dir).length > 0;
}

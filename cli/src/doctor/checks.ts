import { access, constants } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { Config, Secrets } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { checkReachable, Database } from "@onrecord/postgres/database";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { listMigrations } from "@onrecord/postgres/migrate";
import { ownUrl } from "../client/own-url.js";

/** One line of the doctor's. */
export interface Finding {
  readonly check: "configuration" | "data directory" | "database" | "migrations" | "port" | "proxies";
  readonly ok: boolean;
  readonly text: string;
}

/** Whether the data directory, or the nearest directory above it that exists, may be written. */
export async function checkDataDir(dataDir: string): Promise<Finding> {
  const check = "data directory";
  for (let path = dataDir; ; path = dirname(path)) {
    try {
      await access(path, constants.W_OK | constants.X_OK);
      const text = path === dataDir ? `${dataDir} can be written` : `${dataDir} will be created`;
      return { check, ok: true, text };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" || path === dirname(path))
        return {
          check,
          ok: false,
          text: `${path} cannot be written (${code}); set ONRECORD_DATA to another`,
        };
    }
  }
}

/** Whether the database answers, and whether this build knows its migrations. */
export async function checkDatabase({ dataDir }: Config, { databaseUrl }: Secrets): Promise<Finding[]> {
  if (databaseUrl !== undefined) {
    await checkReachable(databaseUrl, "DATABASE_URL");
    const text = "the Postgres of DATABASE_URL answers";
    return [{ check: "database", ok: true, text }, await checkMigrations(databaseUrl)];
  }
  const running = await findRunningPostgres(dataDir);
  if (running === undefined)
    return [{ check: "database", ok: true, text: "embedded Postgres; it runs only while Onrecord does" }];
  const text = "embedded Postgres; it is running";
  return [{ check: "database", ok: true, text }, await checkMigrations(running.appUrl)];
}

async function checkMigrations(url: string): Promise<Finding> {
  await using db = new Database(url, { log: createLogger("silent"), max: 1 });
  const wanted = (await listMigrations()).at(-1);
  const rows = await db
    .query<{ name: string | null }>("select max(name) as name from onrecord.migration")
    .catch(() => []);
  const newest = rows[0]?.name ?? "none";
  const ok = newest === wanted;
  const text = ok ? `at ${newest}` : `at ${newest}, this build needs ${wanted}: run \`onrecord migrate\``;
  return { check: "migrations", ok, text };
}

/** Whether the port is free or held by an Onrecord. */
export async function checkPort(config: Pick<Config, "host" | "port">): Promise<Finding> {
  const { host, port } = config;
  const check = "port";
  if (await canListen(port, host)) return { check, ok: true, text: `${port} on ${host} is free` };
  const url = ownUrl(config);
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) })
    .then((response) => response.json() as Promise<{ ready?: boolean; checks?: object }>)
    .catch(() => undefined);
  if (answer?.checks === undefined)
    return {
      check,
      ok: false,
      text: `${port} on ${host} is taken by another program; set PORT to a free one`,
    };
  const ok = answer.ready === true;
  return { check, ok, text: `an Onrecord ${ok ? "is ready" : "runs, but is not ready,"} at ${url}` };
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

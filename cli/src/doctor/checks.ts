import { access, constants } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { Config } from "@onrecord/core/config";
import { ownUrl } from "../client/own-url.js";

/** One line of the doctor's. */
export interface Finding {
  readonly check:
    | "configuration"
    | "data directory"
    | "database"
    | "migrations"
    | "keys"
    | "key service"
    | "service secret"
    | "size"
    | "growth"
    | "port"
    | "proxies";
  readonly ok: boolean;
  readonly text: string;
  /** For programs; bytes, days, counts. */
  readonly values?: Readonly<Record<string, number | null>>;
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

/** Whether the port is free or held by an Onrecord. */
export async function checkPort(config: Pick<Config, "host" | "port">): Promise<Finding> {
  const { host, port } = config;
  const check = "port";
  if (await canListen(port, host)) return { check, ok: true, text: `${port} on ${host} is free` };
  const url = ownUrl(config);
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })
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

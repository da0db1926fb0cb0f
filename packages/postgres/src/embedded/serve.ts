import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import type { Binaries } from "./binaries.js";
import { diskFull } from "./data-dir.js";
import { findFreePort } from "./free-port.js";
import type { OsUser } from "./run.js";
import { type Server, startServer } from "./server.js";

const attempts = 40;

/** Starts the server on a port of 127.0.0.1, trying again where the reason it refused passes by itself. */
export async function serve(
  cluster: string,
  options: {
    binaries: Binaries;
    user: OsUser | undefined;
    settings: Readonly<Record<string, string>>;
    log: Logger;
    /** The only port that will do. */
    insistOn: number | undefined;
    /** The port to take if it is free. */
    prefer: number | undefined;
  },
): Promise<{ server: Server; port: number }> {
  let prefer = options.prefer;
  for (let attempt = 1; ; attempt++) {
    const port = options.insistOn ?? (await findFreePort(prefer));
    const settings = { ...options.settings, port: String(port) };
    const server = await startServer(cluster, { ...options, settings });
    const isLast = attempt === attempts;
    switch (server.state) {
      case "ready":
        return { server, port };
      case "port-taken":
        if (options.insistOn !== undefined || isLast) {
          throw new AppError(
            "BAD_CONFIG",
            `Port ${port} of 127.0.0.1, meant for the embedded Postgres, is taken.`,
          );
        }
        prefer = undefined;
        break;
      case "still-in-use":
        // The children of a server that was killed outlive it for a moment; Postgres rightly waits for them.
        if (isLast)
          throw new AppError(
            "CONFLICT",
            `Processes of an earlier Postgres still work on ${cluster}. End them and start again.`,
          );
        await delay(250);
        break;
      case "disk-full":
        throw diskFull(cluster);
      case "failed":
        throw new AppError("BAD_CONFIG", `Postgres does not start on ${cluster}: ${server.why}.`);
      default:
        return server satisfies never;
    }
  }
}

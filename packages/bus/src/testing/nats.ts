import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "@onrecord/core/testing/free-port";

/** Where Debian and Homebrew put it, whatever the PATH says. */
const USUAL = ["/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** The path of the NATS server program; undefined on a machine without it. */
export function findNats(): string | undefined {
  const { PATH = "" } = process.env;
  return [...PATH.split(delimiter), ...USUAL].map((dir) => join(dir, "nats-server")).find(existsSync);
}

/** A NATS server of a test; its end is that of a machine that lost power. */
export interface Nats extends AsyncDisposable {
  readonly url: string;
}

/** Starts a NATS server; resolves when it takes connections. */
export async function startNats(
  program: string,
  port?: number,
  options: readonly string[] = [],
): Promise<Nats> {
  const own = port ?? (await freePort());
  const server = spawn(program, ["-a", "127.0.0.1", "-p", String(own), ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("Server is ready")) resolve();
    });
    server.once("exit", (code) => reject(new Error(`nats-server ended with ${code}: ${output}`)));
  });
  return {
    url: `nats://127.0.0.1:${own}`,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await ended;
    },
  };
}

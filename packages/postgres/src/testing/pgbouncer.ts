import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "@onrecord/core/testing/free-port";
import { findServerUser } from "../embedded/server-user.js";

/** Where Debian and Homebrew put it, whatever the PATH says. */
const USUAL = ["/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** The path of the pooler's program; undefined on a machine without it. */
export function findPgbouncer(): string | undefined {
  const { PATH = "" } = process.env;
  return [...PATH.split(delimiter), ...USUAL].map((dir) => join(dir, "pgbouncer")).find(existsSync);
}

/** A pooler of a test, before the server of some URLs. */
export interface Pgbouncer extends AsyncDisposable {
  /** The same login and database through the pooler. */
  through(url: string): string;
}

/** Starts a pgbouncer that is set up like Debian's but for `mode`; the URLs' logins are those that it lets in. */
export async function startPgbouncer(
  program: string,
  mode: "session" | "transaction" | "statement",
  urls: readonly string[],
): Promise<Pgbouncer> {
  await using opening = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "onrecord-pgbouncer-"));
  // As root, it runs as another user, who must be able to read this.
  await chmod(dir, 0o755);
  opening.defer(() => rm(dir, { recursive: true, force: true }));
  const port = await freePort();
  const first = new URL(urls[0]!);
  const users = new Map(
    urls.map((url) => [new URL(url).username, decodeURIComponent(new URL(url).password)]),
  );
  await writeFile(
    join(dir, "users.txt"),
    [...users].map(([name, password]) => `"${name}" "${password}"\n`).join(""),
    { mode: 0o644 },
  );
  const settings = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: join(dir, "users.txt"),
    pool_mode: mode,
    default_pool_size: 100,
    max_client_conn: 400,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  await writeFile(
    join(dir, "pgbouncer.ini"),
    `[databases]\n* = host=${first.hostname} port=${first.port}\n[pgbouncer]\n${lines.join("")}`,
    { mode: 0o644 },
  );
  const user = await findServerUser([]);
  const child = spawn(program, [join(dir, "pgbouncer.ini")], {
    ...user,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  opening.defer(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("process up")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`pgbouncer ended with ${code}: ${output}`)));
  });
  const owned = opening.move();
  return {
    through: (url) => {
      const other = new URL(url);
      other.host = `127.0.0.1:${port}`;
      return other.href;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

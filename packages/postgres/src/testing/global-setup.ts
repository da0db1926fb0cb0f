import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * Vitest calls this before a package's test files: they all find one server in their environment. What it returns ends it.
 * The server is held by a process of its own, because vitest would load our packages' builds here instead of their sources.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const script = fileURLToPath(new URL("hold-server.ts", import.meta.url));
  const holder = spawn(process.execPath, ["--import", "tsx", "--conditions=source", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  const urls = once(createInterface({ input: holder.stdout }), "line").then(([line]) => String(line));
  const failed = ended.then(([code]) => {
    throw new Error(`the tests' Postgres did not start (exit code ${code})`);
  });
  failed.catch(() => undefined);
  process.env.ONRECORD_TEST_POSTGRES = await Promise.race([urls, failed]);
  return async () => {
    holder.stdin.end();
    await ended;
  };
}

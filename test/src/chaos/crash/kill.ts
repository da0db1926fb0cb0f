import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Server } from "../../server.js";

/** What is killed: the server's process, the Postgres below it, or both at once. */
export type Victim = "server" | "postgres" | "both";

/** Kills with SIGKILL and resolves when the server is gone: without its Postgres it ends by itself. */
export async function kill(server: Server, victim: Victim): Promise<void> {
  const process = server.process;
  if (!process) throw new Error("there is nothing to kill");
  const gone = new Promise<void>((resolve) => {
    if (process.exitCode !== null || process.signalCode !== null) resolve();
    else process.once("exit", () => resolve());
  });
  if (victim !== "server") globalThis.process.kill(await postmaster(server.dataDir), "SIGKILL");
  if (victim !== "postgres") process.kill("SIGKILL");
  await gone;
}

async function postmaster(dataDir: string): Promise<number> {
  const lines = (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n");
  const pid = Number(lines[0]);
  if (!(pid > 1)) throw new Error("the embedded Postgres has no process");
  return pid;
}

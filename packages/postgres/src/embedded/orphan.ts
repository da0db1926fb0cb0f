import { readFile, readlink, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@onrecord/core/log";
import { run } from "./run.js";

/**
 * Stops the Postgres that a killed process left running on this database, and sees through a lock file whose process id
 * the kernel has since given to another program. Call it only while holding the directory's lock.
 */
export async function stopOrphan(cluster: string, log: Logger): Promise<void> {
  const lockFile = join(cluster, "postmaster.pid");
  const text = await readFile(lockFile, "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  // A dead process's lock file stays: Postgres also learns from it whether that one's children are still at work.
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return;

  if (!(await isServerOf(pid, cluster))) {
    log.info({ pid, lockFile }, "removed the lock file of a postgres that is gone");
    return rm(lockFile, { force: true });
  }
  log.info({ pid, cluster }, "stopping the postgres that an earlier process left running");
  // Fast, then immediate (the next start recovers), then by force.
  for (const [signal, patience] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 10_000],
    ["SIGKILL", 10_000],
  ] as const) {
    if (!sendSignal(pid, signal) || (await isGone(pid, patience))) return;
    log.warn({ pid, signal }, "the postgres that was left running did not stop");
  }
}

async function isGone(pid: number, patience: number): Promise<boolean> {
  for (const end = performance.now() + patience; performance.now() < end; await delay(25)) {
    if (!isAlive(pid)) return true;
  }
  return false;
}

function isAlive(pid: number): boolean {
  return sendSignal(pid, 0);
}

function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (err) {
    // Someone else's process: alive, and not ours to stop.
    return err instanceof Error && "code" in err && err.code === "EPERM";
  }
}

/** Whether the process is the server of this database, and not whatever got its number after it. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === "linux") {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return basename(commandLine.split("\0")[0] ?? "") === "postgres" && directory === cluster;
  }
  const listing = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
  return listing.output.includes("/postgres ") && listing.output.includes(` -D ${cluster} `);
}

import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program in our place until it ends, and ends with its exit code. It stays in our process group, so that whoever
 * kills the group kills it too.
 */
export function handOver(file, args, options = {}) {
  const child = spawn(file, args, { stdio: "inherit", ...options });
  const forwarded = new Map();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, the child included, and npm sends us a copy of it.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      const now = Date.now();
      if (now - (forwarded.get(signal) ?? 0) < 1000) return;
      forwarded.set(signal, now);
      child.kill(signal);
    });
  }
  return new Promise((_, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  });
}

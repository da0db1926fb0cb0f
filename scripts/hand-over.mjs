import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program in our place until it ends, and ends with its exit code. It stays in our process group, so that whoever
 * kills the group kills it too.
 */
export function handOver(file, args, options = {}) {
  const child = spawn(file, args, { stdio: "inherit", ...options });
  const forwarded = new Map();
  const forward = (signal) => {
    const now = Date.now();
    if (now - (forwarded.get(signal) ?? 0) < 1000) return;
    forwarded.set(signal, now);
    child.kill(signal);
  };
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward);
  process.on("SIGINT", () => {
    // A terminal sends Ctrl-C to the whole group, the child included, and npm sends us a copy of it.
    if (!process.stdin.isTTY) forward("SIGINT");
  });
  if ("npm_lifecycle_event" in process.env) onParentGone(() => forward("SIGTERM"));

  return new Promise((_, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  });
}

/** npm passes a signal on to the shell between us and no further: that the shell is gone is all we learn of it. */
function onParentGone(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 250);
  timer.unref();
}

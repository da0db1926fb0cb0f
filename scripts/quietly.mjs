import { spawn } from "node:child_process";

/**
 * Runs a program and keeps what it prints to itself. While it takes long, standard error (never standard output, which
 * may be piped) says what is going on and for how many seconds.
 */
export async function quietly(label, file, args, options) {
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  child.stdout.on("data", (chunk) => said.push(chunk));
  child.stderr.on("data", (chunk) => said.push(chunk));
  const quit = (signal) => {
    child.kill(signal);
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.on("SIGINT", quit).on("SIGTERM", quit);
  const done = showProgress(label);
  const code = await new Promise((resolve) => {
    child.on("error", (err) => {
      said.push(Buffer.from(String(err.message)));
      resolve(127);
    });
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  });
  done(code === 0);
  process.off("SIGINT", quit).off("SIGTERM", quit);
  return { code, output: Buffer.concat(said).toString("utf8") };
}

function showProgress(label) {
  const { stderr } = process;
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  let shown = false;
  const timer = setInterval(() => {
    const elapsed = seconds();
    if (elapsed < 2) return;
    if (stderr.isTTY) stderr.write(`\r${label} … ${elapsed} s`);
    else if (!shown || elapsed % 30 === 0) stderr.write(`${label} … ${elapsed} s\n`);
    shown = true;
  }, 1000);
  return (succeeded) => {
    clearInterval(timer);
    if (shown)
      stderr.write(
        `${stderr.isTTY ? "\r" : ""}${label}: ${succeeded ? "done" : "failed"} after ${seconds()} s\n`,
      );
  };
}

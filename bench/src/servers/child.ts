import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../failure.js";

/** A server process that has said where it listens. */
export interface RunningChild extends AsyncDisposable {
  readonly pid: number;
  /** As it printed it: `… ready at http://127.0.0.1:1234`. */
  readonly url: string;
  /** How it ended, with its last words, when it was not told to; undefined while it runs. */
  ended(): string | undefined;
}

/** How long a server may take to be ready, and to end after it was told to, in milliseconds. */
const START_TIME = 120_000;
const STOP_TIME = 20_000;

/** Starts a server with Node and waits for its line. Disposing of it tells it to end, and sees to it that it does. */
export async function startChild(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningChild> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited(), ...env },
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    if (said.length > 20) said.shift();
  });
  const url = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, found] = /ready at (http\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const ending = () =>
    child.exitCode === null && child.signalCode === null
      ? undefined
      : `${name} ended with ${child.signalCode ?? child.exitCode}: ${said.join(" / ")}`;
  const ended = once(child, "close").then(() => {
    throw new Failure(`${ending()} (before it was ready)`);
  });
  const late = delay(START_TIME, undefined, { ref: false }).then(() => {
    throw new Failure(`${name} was not ready in time: ${said.join(" / ")}`);
  });
  for (const losing of [ended, late]) losing.catch(() => undefined);
  try {
    const found = await Promise.race([url, ended, late]);
    return { pid: child.pid!, url: found, ended: ending, [Symbol.asyncDispose]: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIME);
  await closed;
  clearTimeout(timer);
}

/** What a server needs of our environment to start at all; nothing that would configure it. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "USER", "TMPDIR", "LANG"];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

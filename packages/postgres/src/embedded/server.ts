import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Logger } from "@onrecord/core/log";
import type { Binaries } from "./binaries.js";
import { identity, type OsUser, surroundings } from "./run.js";
import { type LogLine, parseLogLine, passOn } from "./server-log.js";

/** A Postgres that accepts connections. */
export interface Server {
  readonly state: "ready";
  /** Resolves with a sentence if the server ends without having been asked to. */
  readonly exited: Promise<string>;
  /** Lets running transactions go, writes everything to disk and ends the server. */
  stop(): Promise<void>;
}

/** Why a server did not come up. The first two pass by themselves or with another port. */
export type Refusal =
  | { readonly state: "port-taken" }
  | { readonly state: "still-in-use" }
  | { readonly state: "disk-full" }
  | { readonly state: "failed"; readonly why: string };

/** Starts `postgres` on a database and waits, without limit as recovery may take long, until it serves or gives up. */
export async function startServer(
  cluster: string,
  options: {
    binaries: Binaries;
    user: OsUser | undefined;
    settings: Readonly<Record<string, string>>;
    log: Logger;
  },
): Promise<Server | Refusal> {
  const { binaries, user, settings, log } = options;
  const child = spawn(
    join(binaries.root, "bin", "postgres"),
    ["-D", cluster, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    // Its own process group: a terminal's Ctrl-C must reach us first, so that connections drain before it goes.
    { ...identity(user), ...surroundings, detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  // Should we leave without having stopped it, it stops by itself. After a SIGKILL the next start does that.
  const leave = () => void child.kill("SIGINT");
  process.once("exit", leave);

  const last: LogLine[] = [];
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on("line", (text) => {
    const line = parseLogLine(text);
    passOn(line, log);
    last.push(line);
    if (last.length > 20) last.shift();
    if (line.text === "database system is ready to accept connections") ready.resolve();
  });
  // `close`, not `exit`: only then are its last words read.
  const ended = Promise.withResolvers<string>();
  child.once("error", (err) => ended.resolve(err.message));
  child.once("close", (code, signal) => ended.resolve(signal ?? `exit code ${code}`));
  void ended.promise.then(() => process.off("exit", leave));

  const early = await Promise.race([ready.promise, ended.promise]);
  if (early !== undefined) return explain(last, early);

  let stopping: Promise<void> | undefined;
  const exited = ended.promise.then((how) => {
    if (stopping) return new Promise<never>(() => undefined);
    return `Postgres ended unexpectedly (${how}): ${fault(last) ?? "it said nothing"}.`;
  });
  return { state: "ready", exited, stop: () => (stopping ??= stop(child, log)) };
}

/** Fast shutdown first; one that hangs is cut short, which costs the next start a recovery and no data. */
async function stop(child: ChildProcess, log: Logger): Promise<void> {
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  for (const [signal, patience] of [
    ["SIGINT", 60_000],
    ["SIGQUIT", 10_000],
    ["SIGKILL", 10_000],
  ] as const) {
    if (!isRunning()) return;
    const timeout = AbortSignal.timeout(patience);
    child.kill(signal);
    await once(child, "exit", { signal: timeout }).catch(() =>
      log.warn({ signal }, "postgres did not stop in time"),
    );
  }
}

function explain(lines: readonly LogLine[], ending: string): Refusal {
  const said = (pattern: RegExp) => lines.some(({ text }) => pattern.test(text));
  if (said(/could not bind .* address/i)) return { state: "port-taken" };
  if (said(/pre-existing shared memory block/)) return { state: "still-in-use" };
  if (said(/No space left on device|Disk quota exceeded/)) return { state: "disk-full" };
  return { state: "failed", why: fault(lines) ?? ending };
}

function fault(lines: readonly LogLine[]): string | undefined {
  return (lines.findLast(({ severity }) => severity === "FATAL" || severity === "PANIC") ?? lines.at(-1))
    ?.text;
}

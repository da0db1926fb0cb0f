import { fork } from "node:child_process";
import { once } from "node:events";
import { programOf } from "../compile.js";
import type { Job, Outcome } from "./job.js";

/** A job that takes longer than this has hung, in milliseconds. */
const LIMIT = 600_000;

/** Does a job in a process of its own: the clients must not share an event loop with anything that is measured. */
export async function perform(job: Job, signal: AbortSignal): Promise<Outcome> {
  const child = fork(programOf("load/main"), {
    // Scavenges of a young generation this large are rare: pauses here would be counted as the server's latency.
    execArgv: ["--max-semi-space-size=64"],
    signal,
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT);
  try {
    let outcome: Outcome = { ok: false, failure: "the load process ended without a word" };
    child.on("message", (message) => {
      outcome = message as Outcome;
    });
    child.on("error", () => undefined);
    const closed = once(child, "close");
    child.send(job);
    await closed;
    return outcome;
  } finally {
    clearTimeout(timer);
  }
}

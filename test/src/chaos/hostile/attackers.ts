import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Order, Outcome } from "./attacker.js";
import type { Prey } from "./guests.js";
import type { Answers, Target } from "./strangers.js";

/** Those who attack, in a process of their own: what they take to make their attacks is not what the colleagues notice of them. */
export class Attackers implements Disposable {
  readonly #child: ChildProcess;

  constructor() {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    this.#child = fork(fileURLToPath(new URL("./attacker.ts", import.meta.url)), {
      execArgv: ["--conditions=source", "--import", tsx],
    });
  }

  /** Lets guests attack for so long; resolves with how often they struck. */
  async guest(name: string, prey: Prey, seed: number, ms: number): Promise<number> {
    const outcome = this.#outcome({ kind: "guest", name, prey, seed });
    await Promise.race([delay(ms), outcome]);
    this.#send(null);
    return ((await outcome) as { strikes: number }).strikes;
  }

  /** Lets strangers attack; resolves with what they were answered. */
  async stranger(name: string, target: Omit<Target, "random">, seed: number): Promise<Answers> {
    const outcome = await this.#outcome({ kind: "stranger", name, target, seed });
    return (outcome as { answers: Answers }).answers;
  }

  async #outcome(order: Order): Promise<Outcome> {
    const ended = new AbortController();
    const { signal } = ended;
    const outcome = once(this.#child, "message", { signal }).then(([outcome]) => outcome as Outcome);
    const gone = once(this.#child, "exit", { signal }).then(([code]) => {
      throw new Error(`the attackers' process ended with ${code}`);
    });
    this.#send(order);
    return Promise.race([outcome, gone]).finally(() => ended.abort());
  }

  #send(order: Order): void {
    if (this.#child.connected) this.#child.send(order as never);
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

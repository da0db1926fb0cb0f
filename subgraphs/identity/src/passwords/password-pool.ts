import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { AppError } from "@onrecord/core/errors";
import { FairQueue, type Waiting } from "@onrecord/core/fair-queue";
import { cost } from "../password.js";
import type { Question, Verdict } from "./password-worker.js";

/** Who asks, for their turn. */
export interface Asker {
  /** See `networkOf`. */
  readonly network: string;
  /** Whose password it is said to be. */
  readonly account: string;
  /** They have signed in to the account from there before: strangers do not go before them. */
  readonly familiar: boolean;
}

/** How much the pool does and keeps. */
export interface PoolBounds {
  readonly threads: number;
  /** Passwords that wait, of those who are familiar and of the others each. */
  readonly waiting: number;
  /** Of one network. */
  readonly perNetwork: number;
  /** Of one account, those that are looked at included; of those who are familiar, and of the others. */
  readonly perAccount: number;
}

const defaults: PoolBounds = {
  // One processor is left to the node's own thread, and more than four would be memory's bound.
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  waiting: 256,
  perNetwork: 64,
  perAccount: 20,
};

interface Job extends Question, Waiting {
  /** Under what it counts for its account: strangers take no place of those who are familiar. */
  readonly account: string;
  readonly done: PromiseWithResolvers<boolean>;
}

/**
 * Holds passwords against their hashes on threads of its own. On those of libuv, a flood of guesses would stand before the handshakes of
 * Postgres, the names of hosts and the files of everybody else.
 */
export class PasswordPool implements AsyncDisposable {
  readonly #bounds: PoolBounds;
  readonly #familiar: FairQueue<Job>;
  readonly #strangers: FairQueue<Job>;
  readonly #perAccount = new Map<string, number>();
  readonly #busy = new Map<Worker, Job>();
  readonly #idle: Worker[] = [];
  #closed = false;

  constructor(bounds: Partial<PoolBounds> = {}) {
    this.#bounds = { ...defaults, ...bounds };
    const { waiting: all, perNetwork: eachOf } = this.#bounds;
    const queue = { all, eachOf, bytes: Number.POSITIVE_INFINITY };
    this.#familiar = new FairQueue(queue);
    this.#strangers = new FairQueue(queue);
  }

  /** Passwords that are looked at now, and those that wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#busy.size, waiting: this.#familiar.size + this.#strangers.size };
  }

  /**
   * Whether a password is the one that was hashed; without a hash it works as long and says no. RATE_LIMITED when too many wait: of
   * the account, of the network, or in all.
   */
  async verify(stored: string | null, password: string, asker: Asker): Promise<boolean> {
    if (this.#closed) throw stopped();
    const { network, familiar } = asker;
    const account = `${familiar} ${asker.account}`;
    const ofAccount = this.#perAccount.get(account) ?? 0;
    if (ofAccount >= this.#bounds.perAccount) throw tooMany();
    const job: Job = { owner: network, bytes: 0, stored, password, account, done: Promise.withResolvers() };
    this.#perAccount.set(account, ofAccount + 1);
    const queue = familiar ? this.#familiar : this.#strangers;
    for (const { job: out } of queue.add(job)) this.#refuse(out, tooMany());
    this.#next();
    return job.done.promise;
  }

  /** Gives what waits to threads that do nothing. */
  #next(): void {
    while (!this.#closed && this.#busy.size < this.#bounds.threads) {
      const job = this.#nextOf(this.#familiar) ?? this.#nextOf(this.#strangers);
      if (job === undefined) return;
      const worker = this.#idle.pop() ?? this.#start();
      this.#busy.set(worker, job);
      const { stored, password } = job;
      worker.postMessage({ stored, password } satisfies Question);
    }
  }

  /** Of one network, several may be looked at at a time. */
  #nextOf(queue: FairQueue<Job>): Job | undefined {
    const job = queue.next();
    if (job) queue.done(job);
    return job;
  }

  #start(): Worker {
    // The worker's source has only types to strip, which Node does by itself.
    const file = import.meta.url.endsWith(".ts") ? "./password-worker.ts" : "./password-worker.js";
    const worker = new Worker(new URL(file, import.meta.url), {
      // What Node warns of is said by the process, in its own form.
      execArgv: ["--no-warnings"],
      workerData: { cost },
      name: "passwords",
    });
    worker.unref();
    worker.on("message", (verdict: Verdict) => {
      const done = this.#take(worker)?.done;
      this.#idle.push(worker);
      if ("matches" in verdict) done?.resolve(verdict.matches);
      else done?.reject(new Error(verdict.fault));
      this.#next();
    });
    const lost = (cause?: unknown) => {
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#take(worker)?.done.reject(stopped(cause));
      this.#next();
    };
    worker.once("error", lost);
    worker.once("exit", () => lost());
    return worker;
  }

  #take(worker: Worker): Job | undefined {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    if (job) this.#forget(job);
    return job;
  }

  #refuse(job: Job, why: AppError): void {
    this.#forget(job);
    job.done.reject(why);
  }

  #forget({ account }: Job): void {
    const left = (this.#perAccount.get(account) ?? 0) - 1;
    if (left > 0) this.#perAccount.set(account, left);
    else this.#perAccount.delete(account);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const queue of [this.#familiar, this.#strangers])
      for (const job of queue.waiting) if (queue.remove(job)) this.#refuse(job, stopped());
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
  }
}

function tooMany(): AppError {
  return new AppError("RATE_LIMITED", "Too many people sign in just now; wait a moment and try again.");
}

function stopped(cause?: unknown): AppError {
  return new AppError("UNAVAILABLE", "The password could not be looked at; try again.", { cause });
}

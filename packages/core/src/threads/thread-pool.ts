import type { Worker } from "node:worker_threads";
import { AppError } from "../errors.js";
import { FairQueue, type Full } from "../fair-queue.js";
import type { Said } from "./answer-questions.js";
import { startThread } from "./start-thread.js";

/** What a pool is made of. */
export interface ThreadPoolOptions {
  /** What its threads run: a module that calls `answerQuestions`. */
  readonly script: URL;
  /** Threads at once, of which one person has one. */
  readonly threads: number;
  /** A thread that has had nothing to do for so long ends, in milliseconds; 0: each answers one question. */
  readonly idleMs: number;
  /** What one answer may take. */
  readonly seconds: number;
  readonly megabytes: number;
  /** What may wait for its turn: of a person, of all, and bytes of all. */
  readonly waiting: { readonly eachOf: number; readonly all: number; readonly bytes: number };
  /** What is said where there is no answer. */
  readonly sentences: Record<"stopped" | "late" | "large" | Full, string>;
}

/** Something to be answered. */
export interface Task<Question> {
  readonly person: string;
  /** What it holds in memory while it waits. */
  readonly bytes?: number;
  /** Fires when whoever asked has gone: then nobody wants the answer any more. */
  readonly gone?: AbortSignal | undefined;
  /** Gathers what the thread needs, when its turn has come; with the memory that goes over as it is. */
  ask(): Promise<{ readonly question: Question; readonly transfer?: readonly ArrayBuffer[] }>;
}

/** A task that waits for its turn. */
interface Job {
  readonly owner: string;
  readonly bytes: number;
  readonly turn: PromiseWithResolvers<void>;
}

/**
 * Does what takes long on threads of its own, a few at a time; the others wait for their turn, which comes round person by person. What is
 * hostile hurts nothing but its own thread, and a person with much of it nobody but themselves.
 */
export class ThreadPool<Question, Answer> implements AsyncDisposable {
  readonly #busy = new Set<Worker>();
  /** Threads that wait for something to do, and what ends each. */
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #queue: FairQueue<Job>;
  #served = 0;
  #closed = false;

  constructor(private readonly options: ThreadPoolOptions) {
    this.#queue = new FairQueue(options.waiting);
  }

  /**
   * The answer. Besides what the thread says: BAD_USER_INPUT where it takes too long or too much memory, RATE_LIMITED when too many wait,
   * UNAVAILABLE when it was stopped.
   */
  async run(task: Task<Question>): Promise<Answer> {
    const { person, bytes = 0, gone } = task;
    this.#refuseGone(gone);
    const job: Job = { owner: person, bytes, turn: Promise.withResolvers() };
    await this.#turnOf(job, gone);
    try {
      this.#refuseGone(gone);
      const { question, transfer = [] } = await task.ask();
      this.#refuseGone(gone);
      const said = await this.#answer(question, transfer, gone);
      if (!said.ok) throw new AppError(said.code, said.message);
      return said.answer;
    } finally {
      this.#queue.done(job);
      this.#served--;
      this.#serve();
    }
  }

  /** Tasks that are answered now, and tasks that wait for their turn. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#served, waiting: this.#queue.size };
  }

  /** Ends what is under way, and what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.waiting) if (this.#queue.remove(job)) job.turn.reject(this.#stopped());
    for (const timer of this.#idle.values()) clearTimeout(timer);
    await Promise.all([...this.#busy, ...this.#idle.keys()].map((worker) => worker.terminate()));
    this.#idle.clear();
  }

  /** Resolves when it is this one's turn, whose place is then taken. */
  async #turnOf(job: Job, gone: AbortSignal | undefined): Promise<void> {
    const leave = () => {
      if (this.#queue.remove(job)) job.turn.reject(this.#stopped());
    };
    gone?.addEventListener("abort", leave, { once: true });
    const out = this.#queue.add(job);
    this.#serve();
    for (const { job: refused, why } of out)
      refused.turn.reject(new AppError("RATE_LIMITED", this.options.sentences[why]));
    try {
      await job.turn.promise;
    } finally {
      gone?.removeEventListener("abort", leave);
    }
  }

  #serve(): void {
    while (this.#served < this.options.threads) {
      const job = this.#queue.next();
      if (job === undefined) return;
      this.#served++;
      job.turn.resolve();
    }
  }

  async #answer(
    question: Question,
    transfer: readonly ArrayBuffer[],
    gone: AbortSignal | undefined,
  ): Promise<Said<Answer>> {
    const worker = this.#take();
    let isWell = false;
    try {
      const said = await this.#answerOf(worker, question, transfer, gone);
      isWell = true;
      return said;
    } finally {
      this.#busy.delete(worker);
      if (isWell && this.options.idleMs > 0 && !this.#closed) this.#keep(worker);
      else await worker.terminate();
    }
  }

  #take(): Worker {
    const [waiting] = this.#idle;
    const worker = waiting?.[0] ?? startThread(this.options.script, this.options.megabytes);
    clearTimeout(waiting?.[1]);
    this.#idle.delete(worker);
    this.#busy.add(worker);
    return worker;
  }

  #keep(worker: Worker): void {
    const end = () => {
      this.#idle.delete(worker);
      void worker.terminate();
    };
    this.#idle.set(worker, setTimeout(end, this.options.idleMs).unref());
  }

  #answerOf(
    worker: Worker,
    question: Question,
    transfer: readonly ArrayBuffer[],
    gone: AbortSignal | undefined,
  ): Promise<Said<Answer>> {
    const { promise, resolve, reject } = Promise.withResolvers<Said<Answer>>();
    const { seconds, sentences } = this.options;
    const failed = (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? new AppError("BAD_USER_INPUT", sentences.large, { cause })
          : cause,
      );
    const leave = () => reject(this.#stopped());
    const timer = setTimeout(() => reject(new AppError("BAD_USER_INPUT", sentences.late)), seconds * 1000);
    worker.on("message", resolve).on("error", failed).on("exit", leave);
    gone?.addEventListener("abort", leave, { once: true });
    worker.postMessage(question, [...transfer]);
    return promise.finally(() => {
      clearTimeout(timer);
      gone?.removeEventListener("abort", leave);
      // Not all listeners: some are the thread's own.
      worker.off("message", resolve).off("error", failed).off("exit", leave);
    });
  }

  #refuseGone(gone: AbortSignal | undefined): void {
    if (this.#closed || gone?.aborted) throw this.#stopped();
  }

  #stopped(): AppError {
    return new AppError("UNAVAILABLE", this.options.sentences.stopped);
  }
}

import type { Worker } from "node:worker_threads";
import { scriptBeside, startThread } from "@onrecord/core/threads/start-thread";

/** What is compared: a state as a room holds it, and what the record has, each as updates to be applied in order. */
export interface Question {
  readonly held: readonly Uint8Array[];
  readonly record: readonly Uint8Array[];
}

/**
 * What it came to. `ORDER`: the state has all of the record and nothing else, and yet another order, since it was encoded as a whole and
 * an editor has said of its neighbours what contradicts itself. `STATE`: it is another document.
 */
export type Comparison = "SAME" | "ORDER" | "STATE";

/** What keeps a document that is dear to replay from costing more than itself. */
const MEMORY_MB = 1024;
const MILLISECONDS = 3000;
/** A thread that has had nothing to do for so long ends. */
const IDLE_MS = 60_000;

/** Applies what a state and a record have to documents, on a thread of its own: one question at a time. */
export class ReplayThread implements AsyncDisposable {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  /** Resolves with undefined where that takes too long or too much memory, or Yjs cannot apply it. */
  async compare(question: Question): Promise<Comparison | undefined> {
    clearTimeout(this.#idle);
    if (this.#closed) return undefined;
    this.#worker ??= startThread(scriptBeside(import.meta.url, "replay-worker"), MEMORY_MB);
    const worker = this.#worker;
    const answer = await answerOf(worker, question);
    if (answer === undefined) await this.#end(worker);
    else if (!this.#closed) this.#idle = setTimeout(() => void this.#end(worker), IDLE_MS).unref();
    return answer;
  }

  async #end(worker: Worker): Promise<void> {
    if (this.#worker === worker) this.#worker = undefined;
    await worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    if (this.#worker) await this.#end(this.#worker);
  }
}

function answerOf(worker: Worker, question: Question): Promise<Comparison | undefined> {
  return new Promise((resolve) => {
    const end = (answer: Comparison | undefined) => {
      clearTimeout(late);
      // Not all listeners: some are the worker's own.
      worker.off("message", end).off("error", failed).off("exit", failed);
      resolve(answer);
    };
    const failed = () => end(undefined);
    const late = setTimeout(failed, MILLISECONDS);
    worker.on("message", end).on("error", failed).on("exit", failed);
    worker.postMessage(question);
  });
}

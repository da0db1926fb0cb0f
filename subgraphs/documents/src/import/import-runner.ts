import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { AppError } from "@onrecord/platform/errors";

/** What the worker says of a page. */
export type ImportAnswer =
  | { readonly ok: true; readonly fragmentUpdate: Uint8Array; readonly title: string | null }
  | { readonly ok: false; readonly sentence: string };

/** A page that became a filing. */
export type ImportedPage = Extract<ImportAnswer, { ok: true }>;

/** The bounds of one import: a hostile page ends its own worker and nothing else. */
const MEMORY_MB = 1024;
const TIME_MS = 120_000;
const AT_ONCE = 2;

/** Runs imports on threads of their own, a few at a time; the others wait their turn. */
export class ImportRunner implements AsyncDisposable {
  readonly #running = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(private readonly timeLimit = TIME_MS) {}

  /** Reads a page. BAD_USER_INPUT with a sentence when it cannot become a filing. */
  async run(html: string): Promise<ImportedPage> {
    if (this.#busy >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy++;
    try {
      const answer = await this.#ask(html);
      if (!answer.ok) throw new AppError("BAD_USER_INPUT", answer.sentence);
      return answer;
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy--;
    }
  }

  async #ask(html: string): Promise<ImportAnswer> {
    const worker = startWorker(html);
    this.#running.add(worker);
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        limit.reject(new AppError("BAD_USER_INPUT", "This page takes too long to read; import it in parts.")),
      this.timeLimit,
    );
    try {
      return await Promise.race([limit.promise, answerOf(worker)]);
    } finally {
      clearTimeout(timer);
      this.#running.delete(worker);
      await worker.terminate();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((worker) => worker.terminate()));
  }
}

function answerOf(worker: Worker): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ERR_WORKER_OUT_OF_MEMORY") return reject(cause);
      reject(
        new AppError("BAD_USER_INPUT", "This page is too large to read; import it in parts.", { cause }),
      );
    });
    worker.once("exit", () => reject(new AppError("UNAVAILABLE", "The import was stopped; try it again.")));
  });
}

function startWorker(html: string): Worker {
  const options = { workerData: { html }, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } };
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./import-worker.js", import.meta.url), options);
  // Run from its source, a thread needs what the process was started with, however that was done.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return new Worker(new URL("./import-worker.ts", import.meta.url), {
    ...options,
    execArgv: ["--conditions=source", "--import", loader],
  });
}

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { AppError } from "@onrecord/core/errors";

/** What the worker says of a page. */
export type ImportAnswer =
  | { readonly ok: true; readonly fragmentUpdate: Uint8Array; readonly title: string | null }
  | { readonly ok: false; readonly sentence: string };

/** A page that became a filing. */
export type ImportedPage = Extract<ImportAnswer, { ok: true }>;

/** What keeps a hostile page from hurting anything but its own worker. */
export interface ImportBounds {
  readonly memoryMb: number;
  readonly milliseconds: number;
  /** Workers at once. */
  readonly workers: number;
  /** Pages that wait for one: each may have tens of megabytes. */
  readonly waiting: number;
}

const defaults: ImportBounds = { memoryMb: 1024, milliseconds: 120_000, workers: 2, waiting: 16 };

/** Runs imports on threads of their own, a few at a time; the others wait their turn. */
export class ImportRunner implements AsyncDisposable {
  readonly #running = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  readonly #bounds: ImportBounds;

  constructor(bounds: Partial<ImportBounds> = {}) {
    this.#bounds = { ...defaults, ...bounds };
  }

  /** Reads a page. BAD_USER_INPUT with a sentence when it cannot become a filing. */
  async run(html: string): Promise<ImportedPage> {
    if (this.#busy < this.#bounds.workers) this.#busy++;
    else if (this.#waiting.length < this.#bounds.waiting)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else throw new AppError("RATE_LIMITED", "Many imports are under way just now; try again in a moment.");
    try {
      if (this.#closed) throw stopped();
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
    const worker = startWorker(html, this.#bounds.memoryMb);
    this.#running.add(worker);
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        limit.reject(new AppError("BAD_USER_INPUT", "This page takes too long to read; import it in parts.")),
      this.#bounds.milliseconds,
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
    this.#closed = true;
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
    worker.once("exit", () => reject(stopped()));
  });
}

function stopped(): AppError {
  return new AppError("UNAVAILABLE", "The import was stopped; try it again.");
}

function startWorker(html: string, maxOldGenerationSizeMb: number): Worker {
  const options = { workerData: { html }, resourceLimits: { maxOldGenerationSizeMb } };
  if (!import.meta.url.endsWith(".ts"))
    return new Worker(new URL("./import-worker.js", import.meta.url), options);
  // Run from its source, a thread needs what the process was started with, however that was done.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return new Worker(new URL("./import-worker.ts", import.meta.url), {
    ...options,
    execArgv: ["--conditions=source", "--import", loader],
  });
}

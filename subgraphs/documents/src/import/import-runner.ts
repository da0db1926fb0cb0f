import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { AppError } from "@onrecord/core/errors";
import { FairQueue, type Full } from "@onrecord/core/fair-queue";
import type { Limits } from "@onrecord/core/limits";

/** What the worker says of a page. */
export type ImportAnswer =
  | {
      readonly ok: true;
      readonly fragmentUpdate: Uint8Array<ArrayBuffer>;
      /** The Yjs client in whose name it is written. */
      readonly clientId: number;
      readonly title: string | null;
    }
  | { readonly ok: false; readonly sentence: string };

/** A page that became a filing. */
export type ImportedPage = Extract<ImportAnswer, { ok: true }>;

/** Whose page it is. */
export interface ImportRequest {
  readonly person: string;
  /** Fires when whoever asked has gone: then nobody wants the page any more. */
  readonly gone?: AbortSignal | undefined;
}

/** A page on its way through. */
interface Job {
  readonly owner: string;
  readonly bytes: number;
  readonly turn: PromiseWithResolvers<void>;
}

/** What keeps a hostile page from hurting anything but its own worker, and a person with many pages anyone but themselves. */
export type ImportLimits = Pick<
  Limits,
  | "imports"
  | "importSeconds"
  | "importMegabytes"
  | "importsWaitingPerUser"
  | "importsWaiting"
  | "importBytesWaiting"
>;

/** Runs imports on threads of their own, a few at a time; the others wait their turn, which comes round person by person. */
export class ImportRunner implements AsyncDisposable {
  readonly #running = new Set<Worker>();
  readonly #queue: FairQueue<Job>;
  #busy = 0;
  #closed = false;

  constructor(private readonly limits: ImportLimits) {
    const { importsWaitingPerUser: eachOf, importsWaiting: all, importBytesWaiting: bytes } = limits;
    this.#queue = new FairQueue({ eachOf, all, bytes });
  }

  /** Pages that are read now, and pages that wait for their turn. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#busy, waiting: this.#queue.size };
  }

  /**
   * Reads a page. BAD_USER_INPUT with a sentence when it cannot become a filing, RATE_LIMITED when too many wait, UNAVAILABLE when
   * it was stopped.
   */
  async run(html: string, { person, gone }: ImportRequest): Promise<ImportedPage> {
    if (this.#closed || gone?.aborted) throw stopped();
    const job: Job = { owner: person, bytes: Buffer.byteLength(html), turn: Promise.withResolvers() };
    await this.#turnOf(job, gone);
    try {
      if (this.#closed || gone?.aborted) throw stopped();
      const answer = await this.#ask(html, gone);
      if (!answer.ok) throw new AppError("BAD_USER_INPUT", answer.sentence);
      return answer;
    } finally {
      this.#queue.done(job);
      this.#busy--;
      this.#serve();
    }
  }

  /** Resolves when it is this page's turn, whose place is then taken. */
  async #turnOf(job: Job, gone: AbortSignal | undefined): Promise<void> {
    const leave = () => {
      if (this.#queue.remove(job)) job.turn.reject(stopped());
    };
    gone?.addEventListener("abort", leave, { once: true });
    const out = this.#queue.add(job);
    this.#serve();
    for (const { job: refused, why } of out) refused.turn.reject(this.#tooMany(why));
    try {
      await job.turn.promise;
    } finally {
      gone?.removeEventListener("abort", leave);
    }
  }

  #serve(): void {
    while (this.#busy < this.limits.imports) {
      const job = this.#queue.next();
      if (job === undefined) return;
      this.#busy++;
      job.turn.resolve();
    }
  }

  #tooMany(why: Full): AppError {
    if (why === "everyone's")
      return new AppError("RATE_LIMITED", "Many imports are under way just now; try again in a moment.");
    return new AppError(
      "RATE_LIMITED",
      `${this.limits.importsWaitingPerUser} of your pages wait to be imported; try again when one of them is done.`,
    );
  }

  async #ask(html: string, gone: AbortSignal | undefined): Promise<ImportAnswer> {
    const worker = startWorker(html, this.limits.importMegabytes);
    this.#running.add(worker);
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        limit.reject(new AppError("BAD_USER_INPUT", "This page takes too long to read; import it in parts.")),
      this.limits.importSeconds * 1000,
    );
    const leave = () => limit.reject(stopped());
    gone?.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([limit.promise, answerOf(worker)]);
    } finally {
      clearTimeout(timer);
      gone?.removeEventListener("abort", leave);
      this.#running.delete(worker);
      await worker.terminate();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.waiting) if (this.#queue.remove(job)) job.turn.reject(stopped());
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

import type { Limits } from "@onrecord/core/limits";
import { scriptBeside } from "@onrecord/core/threads/start-thread";
import { type Task, ThreadPool } from "@onrecord/core/threads/thread-pool";
import type { Answer, Ask } from "./ask.js";

/**
 * What a document has at most, in bytes, that is read in the thread that serves people: about a filing of 200 table rows. To load tables and
 * write them out as HTML takes 0.15 to 0.25 ms for each KiB in a warm process, text far less: some 10 ms at this size. To hand that to
 * another thread would cost more than it helps.
 */
export const INLINE = { bytes: 64 * 1024, changes: 1000 };

/** Who waits for something, and what tells that they have gone. */
export interface Reader {
  readonly person: string;
  readonly gone?: AbortSignal | undefined;
}

/** What keeps readings from hurting anyone but those who ask for them. */
export type ReadingLimits = Pick<
  Limits,
  "readings" | "readingSeconds" | "readingMegabytes" | "readingsWaiting"
>;

/** A thread is kept for a minute: to begin one costs more than most readings. */
const IDLE_MS = 60_000;

/** Makes documents of what is stored and reads them, on threads of its own: whatever takes longer than a moment, and changes nothing. */
export class ReadingThreads implements AsyncDisposable {
  readonly #pool: ThreadPool<Ask, Answer>;

  constructor({ readings, readingSeconds, readingMegabytes, readingsWaiting }: ReadingLimits) {
    this.#pool = new ThreadPool({
      script: scriptBeside(import.meta.url, "reading-worker"),
      threads: readings,
      idleMs: IDLE_MS,
      seconds: readingSeconds,
      megabytes: readingMegabytes,
      waiting: { eachOf: readingsWaiting, all: readingsWaiting, bytes: Number.POSITIVE_INFINITY },
      sentences: {
        stopped: "The reading was stopped; try it again.",
        late: "This takes too long to read. Ask for less of it: another version, an older one to compare with, or a download as text.",
        large: "This is too large to be read at once. Ask for less of it, or for a download as text.",
        yours: "Many of your requests wait for large documents; try again when one of them is done.",
        "everyone's": "Many large documents are being read just now; try again in a moment.",
      },
    });
  }

  /** The answer, which is of the kind that was asked for. Its errors are those of `ThreadPool`, and what the thread says. */
  async ask<Kind extends Ask["kind"]>(
    kind: Kind,
    { person, gone }: Reader,
    gather: () => Promise<Extract<Ask, { kind: Kind }>>,
  ): Promise<Extract<Answer, { kind: Kind }>> {
    const ask: Task<Ask>["ask"] = async () => {
      const question = await gather();
      return { question, transfer: buffersOf(question) };
    };
    const answer = await this.#pool.run({ person, gone, ask });
    if (!isOf(answer, kind)) throw new TypeError(`a reading thread was asked for ${kind}`);
    return answer;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }
}

function isOf<Kind extends Answer["kind"]>(
  answer: Answer,
  kind: Kind,
): answer is Extract<Answer, { kind: Kind }> {
  return answer.kind === kind;
}

/** What is large goes over as it is. Small buffers may lie in a pool that others use. */
const OWN = 64 * 1024;

function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength >= OWN && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null && !Array.isArray(value))
    for (const inner of Object.values(value)) buffersOf(inner, found);
  return [...found];
}

import type { IncomingMessage } from "node:http";
import { AppError } from "@onrecord/core/errors";
import type { Holding } from "./body-budget.js";
import { type JsonBounds, JsonScan } from "./json-bounds.js";

/** A body that was larger than its reader takes: answered with 413. */
export class BodyTooLarge extends AppError {
  constructor(limit: number) {
    super("BAD_USER_INPUT", `The request body is larger than ${limit} bytes.`);
  }

  override get status(): number {
    return 413;
  }
}

/** A body that came in too slowly to be waited for: answered with 408. */
class BodyTooSlow extends AppError {
  constructor() {
    super("BAD_USER_INPUT", "The request body came in too slowly; send it again.");
  }

  override get status(): number {
    return 408;
  }
}

/** How fast a body must come in: behind a start of `graceMs`, at `bytesPerSecond`, and never with a pause as long as the start. */
export interface Pace {
  readonly graceMs: number;
  readonly bytesPerSecond: number;
}

const defaultPace: Pace = { graceMs: 15_000, bytesPerSecond: 16 * 1024 };

/** What a body is held to besides its length. */
export interface BodyRules {
  /** Counts what is held until it is given back. */
  readonly holding?: Holding;
  /** Bounds of a JSON body, kept while it arrives. */
  readonly json?: JsonBounds;
  readonly pace?: Pace;
}

/** Reads a request's body whole. Throws BodyTooLarge beyond `limit` bytes, and for what else it is held to, before it has read the rest. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  { holding, json, pace = defaultPace }: BodyRules = {},
): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit) throw new BodyTooLarge(limit);
  // What will not fit need not be sent.
  holding?.grow(announced);
  const chunks: Buffer[] = [];
  const scan = json && new JsonScan(json);
  let size = 0;
  await eachChunk(request, pace, (chunk) => {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge(limit);
    holding?.grow(size);
    scan?.take(chunk);
    chunks.push(chunk);
  });
  return Buffer.concat(chunks, size);
}

/** Gives every chunk to `take`, until it throws. The socket is left open: the answer still has to go out on it. */
function eachChunk(request: IncomingMessage, pace: Pace, take: (chunk: Buffer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (request.destroyed) return Promise.reject(hungUp());
  const watch = new PaceWatch(pace);
  const timer = setInterval(
    () => {
      if (watch.isSlow()) reject(new BodyTooSlow());
    },
    Math.min(1000, pace.graceMs),
  );
  const onData = (chunk: Buffer) => {
    watch.took(chunk.length);
    try {
      take(chunk);
    } catch (error) {
      reject(error);
    }
  };
  const onClose = () => reject(hungUp());
  request.on("data", onData).once("end", resolve).once("error", reject).once("close", onClose);
  return promise.finally(() => {
    clearInterval(timer);
    request.off("data", onData).off("end", resolve).off("close", onClose);
    // An error behind a refusal is a client that did not wait for it; it must not end the process.
    if (!request.readableEnded) request.pause();
  });
}

/** How much has come by when. */
class PaceWatch {
  readonly #began = performance.now();
  #last = this.#began;
  #bytes = 0;

  constructor(private readonly pace: Pace) {}

  took(bytes: number): void {
    this.#bytes += bytes;
    this.#last = performance.now();
  }

  isSlow(): boolean {
    const { graceMs, bytesPerSecond } = this.pace;
    const now = performance.now();
    const due = ((now - this.#began - graceMs) / 1000) * bytesPerSecond;
    return this.#bytes < due || now - this.#last > graceMs;
  }
}

function hungUp(): Error {
  return Object.assign(new Error("the client hung up"), { code: "ECONNRESET" });
}

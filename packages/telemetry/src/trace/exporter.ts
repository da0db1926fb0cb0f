import { encodeSpans, type Resource } from "./otlp.js";
import type { Span } from "./span.js";
import type { SpanSink } from "./tracer.js";

/** Where spans are sent. */
export interface Collector {
  /** Ends in `/v1/traces`. */
  readonly url: string;
  /** What it asks for to be let in. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long spans gather before they are sent, in milliseconds: each request has a price of its own. */
  readonly delayMs: number;
}

/** Spans that wait, at most: a collector that is away costs so much memory, and no more. */
const MOST_WAITING = 4096;
/** In one request at most. */
const TOGETHER = 512;
/** How long a collector may take, and how long one that is asked for the last time. */
const PATIENCE_MS = 10_000;
const FAREWELL_MS = 2000;
/** That spans are lost is told so often at most. */
const TELL_EVERY_MS = 60_000;

/** What became of spans. */
export interface Exported {
  sent: number;
  /** There were too many waiting. */
  dropped: number;
  /** The collector did not take them. */
  failed: number;
}

/** Sends spans to a collector, some at a time, beside everything else. What it does not take is lost: traces are no record. */
export class OtlpExporter implements SpanSink {
  readonly exported: Exported = { sent: 0, dropped: 0, failed: 0 };
  #waiting: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #closed = false;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly collector: Collector,
    private readonly resource: Resource,
    private readonly failed: (reason: string) => void,
  ) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  add(span: Span): void {
    if (this.#closed || this.#waiting.length >= MOST_WAITING) {
      this.exported.dropped++;
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= TOGETHER) this.#sendSoon(0);
    else this.#sendSoon(this.collector.delayMs);
  }

  #sendSoon(ms: number): void {
    if (this.#sending) return;
    if (ms === 0) clearTimeout(this.#timer);
    else if (this.#timer) return;
    this.#timer = setTimeout(() => this.#begin(), ms).unref();
  }

  #begin(): void {
    this.#timer = undefined;
    this.#sending ??= this.#send(PATIENCE_MS).finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0 && !this.#closed) this.#sendSoon(this.collector.delayMs);
    });
  }

  async #send(patience: number): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, TOGETHER);
      try {
        await this.#post(encodeSpans(this.resource, spans), patience);
        this.exported.sent += spans.length;
      } catch (error) {
        this.exported.failed += spans.length;
        this.#tell(error as Error);
        return;
      }
    }
  }

  async #post(body: string, patience: number): Promise<void> {
    const { url, headers } = this.collector;
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      // A redirect would carry the headers to somebody else.
      redirect: "error",
      signal: AbortSignal.timeout(patience),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answers ${response.status}`);
  }

  /** The words of `fetch` say only that it failed; the cause says why. */
  #tell({ message, cause }: Error): void {
    if (performance.now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = performance.now();
    this.failed(cause instanceof Error && cause.message !== "" ? cause.message : message);
  }

  /** Sends what waits, if the collector is there. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const last = Promise.resolve(this.#sending).then(() => this.#send(FAREWELL_MS));
    let late: NodeJS.Timeout | undefined;
    await Promise.race([last, new Promise((resolve) => (late = setTimeout(resolve, FAREWELL_MS)))]);
    clearTimeout(late);
  }
}

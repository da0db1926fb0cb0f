import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { type Attributes, Span, type SpanKind, spanKind, type Trace } from "./span.js";
import { readTraceParent, type TraceParent, writeTraceParent } from "./traceparent.js";

/** Where ended spans go. */
export interface SpanSink extends AsyncDisposable {
  add(span: Span): void;
}

/** How it is decided what is traced. */
export interface Sampling {
  /** The share of what begins here, from 0 to 1. */
  readonly ratio: number;
  /** Whether whoever calls from outside says what is kept. Otherwise they say only which trace it belongs to. */
  readonly parentBased: boolean;
}

/** What a span begins with. */
export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

/** Whose trace is gone on with. */
export interface Parent {
  readonly header: string | undefined;
  /** Another process of ours: what it traces is traced, and nothing else. */
  readonly ours?: boolean;
}

/** The trace that a request from outside says it belongs to. */
export function parentOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): Parent {
  const { traceparent } = headers;
  return { header: typeof traceparent === "string" ? traceparent : undefined };
}

/** Spans of one trace in one process at most: what goes on for long is cut, and not kept for ever. */
const MOST_SPANS = 500;

/**
 * Makes spans, by hand and in few places. Nothing is made for what is not traced: the draw is made where a trace could begin, and below it
 * there is a span only where there is one above.
 */
export class Tracer implements AsyncDisposable {
  readonly #storage = new AsyncLocalStorage<Span | undefined>();
  readonly #done = (span: Span) => this.sink.add(span);

  constructor(
    private readonly sink: SpanSink,
    private readonly sampling: Sampling,
    private readonly random: () => number = Math.random,
  ) {}

  /** The span that is worked on; undefined: none, or its trace is over and what goes on is somebody else's. */
  current(): Span | undefined {
    const span = this.#storage.getStore();
    return span?.trace.ended ? undefined : span;
  }

  /** Begins what may be a trace, or goes on with another process's; undefined: it is not traced. */
  begin(name: string, parent: Parent | undefined, options: SpanOptions = {}): Span | undefined {
    const given = parent && readTraceParent(parent.header);
    if (!this.#isWanted(given, parent?.ours ?? false)) return undefined;
    const trace: Trace = { id: given?.traceId ?? randomBytes(16).toString("hex"), spans: 1, ended: false };
    return this.#make(trace, given?.spanId, name, options, (span) => {
      trace.ended = true;
      this.#done(span);
    });
  }

  /** A span below another one; undefined without one, and past the bound. */
  below(over: Span | undefined, name: string, options: SpanOptions = {}): Span | undefined {
    if (over === undefined || over.trace.ended || over.trace.spans >= MOST_SPANS) return undefined;
    over.trace.spans++;
    return this.#make(over.trace, over.id, name, options, this.#done);
  }

  /** Does work as part of a span; without one, as part of none. */
  run<T>(span: Span | undefined, work: () => T): T {
    if (span === undefined && this.#storage.getStore() === undefined) return work();
    return this.#storage.run(span, work);
  }

  /** The `traceparent` for another process; undefined: there is nothing to go on with. */
  header(): string | undefined {
    const span = this.current();
    return span && writeTraceParent(span.context);
  }

  #isWanted(given: TraceParent | undefined, ours: boolean): boolean {
    if (ours) return given?.sampled === true;
    if (given && this.sampling.parentBased) return given.sampled;
    return this.random() < this.sampling.ratio;
  }

  #make(
    trace: Trace,
    parentId: string | undefined,
    name: string,
    { kind = spanKind.internal, attributes }: SpanOptions,
    done: (span: Span) => void,
  ): Span {
    const span = new Span(trace, parentId, name, kind, done);
    if (attributes) span.set(attributes);
    return span;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sink[Symbol.asyncDispose]();
  }
}

/** Does work in a span below the one that is worked on. Where nothing is traced, it just does it. */
export function traced<T>(
  tracer: Tracer | undefined,
  describe: () => readonly [name: string, options: SpanOptions],
  work: (span?: Span) => Promise<T>,
): Promise<T> {
  const over = tracer?.current();
  if (tracer === undefined || over === undefined) return work();
  const span = tracer.below(over, ...describe());
  if (span === undefined) return work();
  return ending(span, () => tracer.run(span, () => work(span)));
}

/** Does work and ends a span with it: failed, by the code of what is thrown, where that has one. */
export async function ending<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { code?: unknown };
    span?.fail(typeof code === "string" && /^[\w-]{1,40}$/.test(code) ? code : "INTERNAL");
    throw error;
  } finally {
    span?.end();
  }
}

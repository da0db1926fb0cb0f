import { randomBytes } from "node:crypto";
import type { TraceParent } from "./traceparent.js";

/** What a span may say: ids, names of ours, numbers, codes. Never content, titles, addresses, or the words of a client. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** From whose side the work is seen, as OTLP numbers them. */
export const spanKind = { internal: 1, server: 2, client: 3, consumer: 5 } as const;
export type SpanKind = (typeof spanKind)[keyof typeof spanKind];

/** A trace as this process sees it: it takes spans until its first one has ended. */
export interface Trace {
  readonly id: string;
  spans: number;
  ended: boolean;
}

/** A piece of work with a beginning and an end, part of a trace. */
export class Span {
  readonly id = randomBytes(8).toString("hex");
  readonly attributes: Record<string, string | number | boolean> = {};
  readonly links: Pick<TraceParent, "traceId" | "spanId">[] = [];
  /** Milliseconds since the epoch, to the microsecond. */
  readonly began = now();
  ended = 0;
  /** Why it failed, by a code of ours; undefined: it did not. */
  fault: string | undefined;

  constructor(
    readonly trace: Trace,
    readonly parentId: string | undefined,
    public name: string,
    readonly kind: SpanKind,
    private readonly done: (span: Span) => void,
  ) {}

  set(attributes: Attributes): void {
    Object.assign(this.attributes, attributes);
  }

  fail(code: string): void {
    this.fault = code;
  }

  /** Names another trace that this work was done for as well. */
  link({ trace, id }: Span): void {
    this.links.push({ traceId: trace.id, spanId: id });
  }

  /** What is sent to whoever goes on with it. */
  get context(): TraceParent {
    return { traceId: this.trace.id, spanId: this.id, sampled: true };
  }

  /** A second end is none. */
  end(): void {
    if (this.ended !== 0) return;
    this.ended = now();
    this.done(this);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

import type { Span } from "./span.js";

/** Which process the spans are of. */
export interface Resource {
  readonly [name: string]: string;
}

/** Spans as OTLP over HTTP takes them, in its JSON form: ids in hexadecimal, times in nanoseconds as text, 64-bit numbers as text. */
export function encodeSpans(resource: Resource, spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [{ scope: { name: "onrecord" }, spans: spans.map(encode) }],
      },
    ],
  });
}

/** STATUS_CODE_ERROR */
const FAILED = 2;

function encode(span: Span) {
  const { trace, id, parentId, name, kind, links, fault } = span;
  return {
    traceId: trace.id,
    spanId: id,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(span.began),
    endTimeUnixNano: nanoseconds(span.ended),
    attributes: attributes(span.attributes),
    ...(links.length === 0 ? {} : { links }),
    ...(fault === undefined ? {} : { status: { code: FAILED, message: fault } }),
  };
}

/** Milliseconds with microseconds behind the point; as nanoseconds they are past 2^53. */
function nanoseconds(milliseconds: number): string {
  return `${Math.trunc(milliseconds * 1000)}000`;
}

function attributes(of: Readonly<Record<string, string | number | boolean>>) {
  return Object.entries(of).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean) {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
}

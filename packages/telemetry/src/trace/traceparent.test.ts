import { describe, expect, it } from "vitest";
import { readTraceParent, writeTraceParent } from "./traceparent.js";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

describe("a traceparent", () => {
  it("is read and written", () => {
    const header = `00-${trace}-${span}-01`;
    expect(readTraceParent(header)).toEqual({ traceId: trace, spanId: span, sampled: true });
    expect(writeTraceParent(readTraceParent(header)!)).toBe(header);
    expect(readTraceParent(`00-${trace}-${span}-fe`)).toMatchObject({ sampled: false });
    expect(readTraceParent(`cc-${trace}-${span}-01-what-comes-later`)).toMatchObject({ traceId: trace });
  });

  it.each([
    ["none", undefined],
    ["an empty one", ""],
    ["one of zeros", `00-${"0".repeat(32)}-${span}-01`],
    ["a parent of zeros", `00-${trace}-${"0".repeat(16)}-01`],
    ["capital letters", `00-${trace.toUpperCase()}-${span}-01`],
    ["the version that is none", `ff-${trace}-${span}-01`],
    ["more behind version 00", `00-${trace}-${span}-01-more`],
    ["a short id", `00-${trace.slice(1)}-${span}-01`],
    ["a quotation mark", `00-${trace.slice(1)}"-${span}-01`],
    ["two of them", `00-${trace}-${span}-01,00-${trace}-${span}-01`],
    ["a long one", `cc-${trace}-${span}-01-${"x".repeat(1000)}`],
  ])("is not %s", (_, header) => {
    expect(readTraceParent(header)).toBeUndefined();
  });
});

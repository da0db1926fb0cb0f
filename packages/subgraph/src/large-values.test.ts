import { describe, expect, it } from "vitest";
import { inAnswer, LargeValues, takesLargeValues } from "./large-values.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const big = JSON.stringify({ roots: ["“x”".repeat(300_000)] });

describe("large values", () => {
  it("stand in an answer as they came, wherever they are named, and nothing else is touched", async () => {
    const values = new LargeValues();
    const name = inAnswer(utf8(big), values);
    const other = `large-value:${"A".repeat(32)}`;
    const answer = { a: name, b: [name, { other, text: `say "${String(name)}" – 本` }], c: null };
    const response = new Response(JSON.stringify({ data: answer }), {
      headers: { "content-type": "application/json", "content-length": "1" },
    });
    const put = await values.put(response);
    expect(put.headers.get("content-length")).toBe(null);
    expect(put.headers.get("content-type")).toBe("application/json");
    const value: unknown = JSON.parse(big);
    expect(await put.json()).toEqual({
      data: { a: value, b: [value, { other, text: `say "${String(name)}" – 本` }], c: null },
    });
  });

  it("leave a response without any as it is", async () => {
    const response = new Response("{}");
    expect(await new LargeValues().put(response)).toBe(response);
  });

  it("are parsed where they are small, and refused where they are large and have no place", () => {
    const values = new LargeValues();
    expect(inAnswer(utf8('{"a":1}'), values)).toEqual({ a: 1 });
    expect(values.isEmpty).toBe(true);
    expect(inAnswer(utf8(JSON.stringify("x".repeat(100_000))), undefined)).toHaveLength(100_000);
    expect(() => inAnswer(utf8(big), undefined)).toThrow("bytes; ask for it by a POST");
  });

  it("have a place in one JSON text only", () => {
    expect([undefined, "*/*", "application/json"].map(takesLargeValues)).toEqual([true, true, true]);
    expect(["text/event-stream", "application/json, multipart/mixed"].map(takesLargeValues)).toEqual([
      false,
      false,
    ]);
  });
});

import { Random, seeds } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import { type JsonBounds, JsonScan } from "./json-bounds.js";

/** Whether a text passes, given in pieces of these lengths. */
function passes(text: string, bounds: JsonBounds, piece: () => number = () => text.length): boolean {
  const bytes = Buffer.from(text);
  const scan = new JsonScan(bounds);
  try {
    for (let i = 0; i < bytes.length; ) {
      const length = Math.max(1, piece());
      scan.take(bytes.subarray(i, i + length));
      i += length;
    }
    return true;
  } catch {
    return false;
  }
}

describe("the bounds of JSON", () => {
  it.each<[string, string, JsonBounds, boolean]>([
    ["as deep as it may be", "[[[1]]]", { depth: 3, values: 10 }, true],
    ["deeper", "[[[[1]]]]", { depth: 3, values: 10 }, false],
    ["beside each other", "[[],[],[],[]]", { depth: 2, values: 10 }, true],
    ["brackets in text", '["[[[[[[{{{{{,,,,,,,,,,,"]', { depth: 1, values: 3 }, true],
    ["brackets behind an escaped quote", '["\\"[[[["]', { depth: 1, values: 3 }, true],
    ["brackets behind an escaped backslash", '["\\\\",[[1]]]', { depth: 2, values: 9 }, false],
    ["as many values as may be", "[1,2,3]", { depth: 1, values: 4 }, true],
    ["one more", "[1,2,3,4]", { depth: 1, values: 4 }, false],
    ["megabytes of brackets", "[".repeat(4_000_000), { depth: 100, values: 50_000 }, false],
    ["megabytes of empty lists", `[${"[],".repeat(1_000_000)}0]`, { depth: 100, values: 50_000 }, false],
    ["megabytes of text", JSON.stringify("\n\"'[".repeat(1_000_000)), { depth: 1, values: 1 }, true],
  ])("%s", (_, text, bounds, expected) => {
    expect(passes(text, bounds)).toBe(expected);
  });

  it.each(seeds(5))("are the same in whatever pieces the text arrives (seed %i)", (seed) => {
    const random = new Random(seed);
    const alphabet = ["[", "]", "{", "}", ",", '"', "\\", "a", "中"];
    for (let i = 0; i < 400; i++) {
      const text = Array.from({ length: random.int(1, 60) }, () => random.pick(alphabet)).join("");
      const bounds = { depth: random.int(1, 6), values: random.int(1, 12) };
      expect(
        passes(text, bounds, () => random.int(1, 5)),
        text,
      ).toBe(passes(text, bounds));
    }
  });
});

import { describe, expect, it } from "vitest";
import { checkText, keepable, textFault } from "./text.js";

describe("a text", () => {
  it.each([
    ["", null, ""],
    ["plain", null, "plain"],
    ["𠵱 and 😀", null, "𠵱 and 😀"],
    ["\u0001\uFFFD", null, "\u0001\uFFFD"],
    ["a\0b", "nul", "a\uFFFDb"],
    ["\ud842", "half-character", "\uFFFD"],
    ["\udfb1x", "half-character", "\uFFFDx"],
    ["\udfb1\ud842", "half-character", "\uFFFD\uFFFD"],
    ["\0\ud842", "nul", "\uFFFD\uFFFD"],
  ] as const)("%j can be kept, or is refused without being repeated", (text, fault, kept) => {
    expect(textFault(text)).toBe(fault);
    expect(keepable(text)).toBe(kept);
    const check = () => checkText(text, "The title");
    if (fault === null) return check();
    expect(check).toThrow(
      expect.objectContaining({
        code: "BAD_USER_INPUT",
        message: expect.stringMatching(/^The title has [ -~]+$/),
      }),
    );
  });
});

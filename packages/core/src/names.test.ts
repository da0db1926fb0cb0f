import { describe, expect, it } from "vitest";
import { hiddenIn, visible } from "./hidden-characters.js";
import { checkName, nearestName } from "./names.js";

const refused = (text: string, message: string | RegExp) =>
  expect(() => checkName(text, "The title")).toThrow(
    expect.objectContaining({ code: "BAD_USER_INPUT", message: expect.stringMatching(message) }),
  );

describe("a name", () => {
  it.each([
    ["  Q3 results ", "Q3 results"],
    ["公告 (草稿) 𠵱", "公告 (草稿) 𠵱"],
    ["نتائج ۲۰۲۶", "نتائج ۲۰۲۶"],
    ["می\u200cخواهم", "می\u200cخواهم"],
    ["क्\u200dष", "क्\u200dष"],
    ["👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f⃣", "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f⃣"],
    ["葛\u{e0100}飾", "葛\u{e0100}飾"],
    ["\u0601١٢ آية \u06dd١", "\u0601١٢ آية \u06dd١"],
    ["\u070fܐܒ", "\u070fܐܒ"],
    ["Tiếng Việt, e\u0301", "Tiếng Việt, e\u0301"],
    ["x".repeat(200), "x".repeat(200)],
    ["😀".repeat(200), "😀".repeat(200)],
  ])("%j is kept", (given, kept) => {
    expect(checkName(given, "The title")).toBe(kept);
  });

  const controls = [
    ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x061c],
    ...[0x01, 0x09, 0x0a, 0x0d, 0x7f, 0x85, 0x2028, 0x2029],
    ...[0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0x2063, 0x180e, 0xfe0f, 0x034f, 0x115f, 0x3164, 0xffa0, 0x2800],
    ...[0xfeff, 0xfff9, 0xe0001, 0xe0041, 0xe0100],
    ...[0x600, 0x605, 0x6dd, 0x70f, 0x8e2, 0x110bd, 0xe000, 0xf0000, 0xfdd0, 0xfffe, 0xffff, 0x10ffff],
  ].map((code) => [`U+${code.toString(16).toUpperCase().padStart(4, "0")}`, String.fromCodePoint(code)]);

  it.each(controls)(
    "with %s in it is refused with a sentence that names it, and shown with its code",
    (code, character) => {
      const text = `Pay${character}roll`;
      refused(text, new RegExp(`^The title has the character ${code.replace("+", "\\+")}, `));
      expect(hiddenIn(text)?.code).toBe(code);
      expect(visible(text)).toBe(`Pay[${code}]roll`);
    },
  );

  it.each([
    ["", "may not be empty"],
    [" \u00a0\u3000 ", "may not be empty"],
    ["\u2800\u2800", "U\\+2800"],
    ["x".repeat(201), "at most 200"],
    ["x".repeat(5_000_000), "at most 200"],
    [`a${"\u0300".repeat(9)}`, "signs on one letter"],
    ["\u0600\u0600", "U\\+0600"],
    ["\ud83d", "half of a character"],
    ["a\0", "NUL"],
  ])("%.20j is refused", (text, why) => {
    refused(text, why);
  });

  it("repeats nothing of what it refuses", () => {
    const fault = () => checkName("secret\u202Etxt", "The title");
    expect(fault).toThrow(/^The title has the character U\+202E, the right-to-left override, which [ -~]+$/);
    expect(fault).toThrow(expect.objectContaining({ reasons: [expect.objectContaining({ id: "U+202E" })] }));
  });
});

describe("the nearest name", () => {
  it.each([
    ["Annual\n\treport", "Annual report"],
    ["invoice\u202Egnp.exe", "invoicegnp.exe"],
    ["\u200b\u2060 \u3164", undefined],
    [null, undefined],
    ["x".repeat(300), "x".repeat(200)],
    [`a${"\u0300".repeat(100)}`, `a${"\u0300".repeat(8)}`],
  ])("to %.20j is one that is kept", (found, name) => {
    const nearest = nearestName(found);
    expect(nearest).toBe(name);
    if (nearest !== undefined) expect(checkName(nearest, "It")).toBe(nearest);
  });
});

import { describe, expect, test } from "vitest";
import { formatFor } from "./format.js";

const AT = "2025-11-24T02:42:07.000Z";

describe("formats", () => {
  const english = formatFor("en", "Asia/Hong_Kong");
  const chinese = formatFor("zh-Hant", "Asia/Hong_Kong");

  test("group thousands with a narrow space in every language", () => {
    expect(english.number(1837)).toBe("1\u202f837");
    expect(chinese.number(1_234_567)).toBe("1\u202f234\u202f567");
    expect(english.number(42)).toBe("42");
  });

  test("never show a small share as none", () => {
    expect([0, 0.004, 0.25, 1].map(english.share)).toEqual(["0%", "<1%", "25%", "100%"]);
  });

  test("tell the time to the second on a 24-hour clock", () => {
    expect(english.clock(AT)).toBe("10:42:07");
    expect(english.clock("2025-11-23T16:00:00Z")).toBe("00:00:00");
    expect(chinese.clock(AT)).toBe("10:42:07");
  });

  test("leave the day out only for today", () => {
    expect(english.moment(AT, new Date("2025-11-24T09:00:00Z"))).toBe("10:42:07");
    expect(english.moment(AT, new Date("2025-11-26T09:00:00Z"))).toBe("24 Nov, 10:42:07");
    expect(english.moment(AT, new Date("2026-11-24T09:00:00Z"))).toBe("24 Nov 2025, 10:42:07");
  });
});

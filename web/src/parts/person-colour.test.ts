import { expect, test } from "vitest";
import { initials, personColour } from "./person-colour.js";

test("a person keeps their colour, and colleagues seldom share one", () => {
  const ids = Array.from({ length: 6 }, (_, i) => `0198a000-0000-7000-8000-00000000000${i}`);
  expect(personColour(ids[0]!)).toBe(personColour(ids[0]!));
  expect(new Set(ids.map(personColour)).size).toBeGreaterThanOrEqual(4);
});

test("initials of Latin, Chinese, single and empty names", () => {
  expect(initials("Mei Chan")).toBe("MC");
  expect(initials("Anna Maria van Dijk")).toBe("AD");
  expect(initials("陳大文")).toBe("大文");
  expect(initials("analyst1")).toBe("A");
  expect(initials("  ")).toBe("?");
});

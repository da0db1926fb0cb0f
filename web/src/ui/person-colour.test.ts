import { expect, test } from "vitest";
import { initials, personColour } from "./person-colour.js";

test("a person keeps their colour, and no two share one while there are enough", () => {
  const ids = Array.from({ length: 30 }, (_, i) => `0198a000-0000-7000-8000-0000000000${10 + i}`);
  const colours = ids.map(personColour);
  expect(ids.map(personColour)).toEqual(colours);
  expect(new Set(colours.slice(0, 11)).size).toBe(11);
});

test("initials of Latin, Chinese, single and empty names", () => {
  expect(initials("Mei Chan")).toBe("MC");
  expect(initials("Anna Maria van Dijk")).toBe("AD");
  expect(initials("陳大文")).toBe("大文");
  expect(initials("analyst1")).toBe("A");
  expect(initials("  ")).toBe("?");
});

import { expect, test } from "vitest";
import { foldRuns } from "./fold-runs.js";

/** "a" is an item of person a; "-" stands alone; a gap in `at` is a pause. */
const fold = (letters: string, pauses: number[] = []) => {
  const items = [...letters].map((letter, i) => ({ letter, i }));
  const runs = foldRuns(items, {
    who: ({ letter }) => (letter === "-" ? null : letter),
    joins: (_newer, older) => !pauses.includes(older.i),
  });
  return runs.map((run) => run.map(({ letter }) => letter).join(""));
};

test("what one person did in a row is one run", () => {
  expect(fold("aaaaabbbbb")).toEqual(["aaaaa", "bbbbb"]);
});

test("people who take turns form one run together", () => {
  expect(fold("abababcab")).toEqual(["abababcab"]);
});

test("a long run between short ones stands by itself", () => {
  expect(fold("abaaaaabab")).toEqual(["ab", "aaaaa", "bab"]);
});

test("what stands alone never joins, and splits its neighbours", () => {
  expect(fold("ab-ab--a")).toEqual(["ab", "-", "ab", "-", "-", "a"]);
});

test("a pause splits a run of one and a run of several", () => {
  expect(fold("aaaabbb", [2])).toEqual(["aa", "aa" + "bbb"]);
  expect(fold("abab", [2])).toEqual(["ab", "ab"]);
});

test("nothing is lost and nothing changes places", () => {
  const letters = "aabbbbbb-cabacaaaaaaab-b";
  expect(fold(letters, [4, 9]).join("")).toBe(letters);
});

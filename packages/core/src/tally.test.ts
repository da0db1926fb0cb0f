import { expect, it } from "vitest";
import { Tally } from "./tally.js";

it("counts by words", () => {
  const tally = new Tally();
  tally.add(["access.denied", "no-grant"]);
  tally.add(["access.denied", "no-grant"], 4);
  tally.add(["access.denied", "wall"]);
  expect([...tally]).toEqual([
    [["access.denied", "no-grant"], 5],
    [["access.denied", "wall"], 1],
  ]);
});

it("tells no more words apart than its bound, however many come", () => {
  const tally = new Tally(2);
  for (let i = 0; i < 100_000; i++) tally.add(["refused", `made up ${i}`]);
  expect([...tally]).toEqual([
    [["refused", "made up 0"], 1],
    [["refused", "made up 1"], 1],
    [["other", "other"], 99_998],
  ]);
});

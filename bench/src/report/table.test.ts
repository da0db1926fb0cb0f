import { expect, it } from "vitest";
import type { Run } from "../matrix.js";
import { ratiosOf, table } from "./table.js";

const run = (server: string, round: number, rate: number): Run => ({
  server,
  round,
  outcome: { ok: true, numbers: { rate } },
});
const failed: Run = { server: "b", round: 3, outcome: { ok: false, failure: "a client differs" } };
const columns = [
  { key: "rate", label: "edits/s", better: "higher", digits: 0 },
  { key: "absent", label: "nothing", better: "lower", digits: 0 },
] as const;

it("compares runs of the same round, and never counts a failed run as a number", () => {
  const runs = [
    run("a", 1, 100),
    run("b", 1, 50),
    run("b", 2, 400),
    run("a", 2, 800),
    run("a", 3, 9000),
    failed,
  ];
  expect(ratiosOf(runs, "rate", "a", "b")).toEqual([2, 2]);
  expect(table(columns, runs, ["a", "b"]).split("\n")).toEqual([
    "|  | edits/s ↑ |",
    "| --- | ---: |",
    "| a | **800** [100..9,000] |",
    "| b (1 of 3 failed) | **225** [50..400] |",
    "| a ÷ b | **2.00×** [2.00..2.00] |",
  ]);
});

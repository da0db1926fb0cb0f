import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { simulate } from "./simulate.js";

it("clients, nodes and commits that fail in any order leave every promise kept after each step", async () => {
  const seed = anySeed();
  const { faults, figures } = await simulate({
    seed,
    steps: 250,
    stopped: () => false,
    onProgress: (line) => process.stdout.write(`simulate, seed ${seed}: ${line}\n`),
  });
  expect(faults, `seed ${seed}`).toEqual([]);
  expect(figures.versions).toBeGreaterThan(0);
}, 300_000);

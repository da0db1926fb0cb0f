import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { tracesBeside } from "../options.js";
import { attackInOrder } from "./order.js";

it("two nodes whose every frame and commit comes in an order of the seed agree with the table, and do it again the same", async () => {
  const seed = anySeed();
  const run = () =>
    attackInOrder({
      seed,
      frames: 4000,
      traces: tracesBeside,
      stopped: () => false,
      onProgress: (line) => void process.stdout.write(`order, seed ${seed}: ${line}\n`),
    });
  const [first, second] = [await run(), await run()];
  expect(first.faults, `seed ${seed}`).toEqual([]);
  expect(first.figures.versions).toBeGreaterThan(400);
  expect(second.figures, `seed ${seed}`).toEqual(first.figures);
}, 300_000);

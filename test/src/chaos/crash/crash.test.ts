import { anySeed, Random } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { crash } from "./crash.js";
import { makeTrace } from "./made-trace.js";

it("a server and a Postgres that are killed while people type lose nothing that anyone was told", async () => {
  const seed = anySeed();
  const { faults, figures } = await crash({
    seed,
    kills: 2,
    trace: makeTrace(new Random(seed), 300),
    speed: 20,
    stopped: () => false,
    onProgress: (line) => process.stdout.write(`crash, seed ${seed}: ${line}\n`),
  });
  expect(faults, `seed ${seed}`).toEqual([]);
  expect(figures.kills).toBeGreaterThan(0);
  expect(figures.acknowledgements).toBeGreaterThan(0);
}, 300_000);

import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { tracesBeside } from "../options.js";
import { fuzz } from "./fuzz.js";

it("a server that is attacked with frames keeps every promise to those who are not attackers", async () => {
  const seed = anySeed();
  const tell = (line: string) => process.stdout.write(`fuzz, seed ${seed}: ${line}\n`);
  const { faults, figures } = await fuzz({
    seed,
    frames: 2000,
    storm: 500,
    attackers: 8,
    traces: tracesBeside,
    stopped: () => false,
    onProgress: tell,
  });
  expect(faults, `seed ${seed}`).toEqual([]);
  expect(figures.frames).toBeGreaterThanOrEqual(2000);
}, 300_000);

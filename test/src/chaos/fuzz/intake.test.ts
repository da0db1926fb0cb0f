import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { tracesBeside } from "../options.js";
import { attackIntake } from "./intake.js";

it("a document that hostile updates are taken into in runs is what its changes make one by one", () => {
  const seed = anySeed();
  const tell = (line: string) => void process.stdout.write(`intake, seed ${seed}: ${line}\n`);
  tell("30000 frames");
  const { faults, figures } = attackIntake({
    seed,
    frames: 30_000,
    traces: tracesBeside,
    stopped: () => false,
    onProgress: tell,
  });
  expect(faults, `seed ${seed}`).toEqual([]);
  expect(figures.versions).toBeGreaterThan(1000);
}, 300_000);

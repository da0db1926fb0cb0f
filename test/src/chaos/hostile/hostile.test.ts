import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { hostile } from "./hostile.js";

it("a server that is attacked by what a guest has, or nobody, lets two colleagues in another document work on", async () => {
  const seed = anySeed();
  const { faults, figures } = await hostile({
    seed,
    each: 1000,
    requests: 200,
    bytes: 3_000_000,
    rows: 800,
    patience: null,
    stopped: () => false,
    onProgress: (line) => process.stdout.write(`hostile, seed ${seed}: ${line}\n`),
  });
  expect(faults, `seed ${seed}`).toEqual([]);
  for (const [name, strikes] of Object.entries(figures))
    if (name.endsWith("strikes")) expect(strikes, name).toBeGreaterThan(0);
}, 300_000);

import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { hostile } from "./hostile.js";

it("whoever attacks a server by what a guest has, or nobody, keeps two colleagues in another document from nothing", async () => {
  const seed = anySeed();
  const { faults, figures } = await hostile({
    seed,
    each: 1500,
    patience: null,
    stopped: () => false,
    onProgress: (line) => process.stdout.write(`hostile, seed ${seed}: ${line}\n`),
  });
  expect(faults, `seed ${seed}`).toEqual([]);
  for (const [name, strikes] of Object.entries(figures))
    if (name.endsWith("strikes")) expect(strikes, name).toBeGreaterThan(0);
}, 300_000);

import { expect, it } from "vitest";
import { walk } from "./walk.js";

it("no door tells, or lets change, what somebody may not see, whoever walks through it", async () => {
  const onProgress = (line: string) => process.stdout.write(`walk: ${line}\n`);
  const { faults, figures } = await walk({ seed: 1, onProgress });
  expect(faults).toEqual([]);
  expect(figures.doors).toBeGreaterThan(100);
}, 300_000);

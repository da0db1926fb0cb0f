import { anySeed } from "@onrecord/core/testing/random";
import { expect, it } from "vitest";
import { door } from "./door.js";

it("a server whose door is attacked by nobody lets everybody else work", async () => {
  const seed = anySeed();
  const onProgress = (line: string) => process.stdout.write(`door, seed ${seed}: ${line}\n`);
  const { faults } = await door({ seed, requests: 200, bytes: 3_000_000, onProgress });
  expect(faults, `seed ${seed}`).toEqual([]);
}, 300_000);

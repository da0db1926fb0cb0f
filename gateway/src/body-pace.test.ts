import { expect, it } from "vitest";
import { BodyPace } from "./body-pace.js";

const MiB = 1024 * 1024;

it("large bodies of one person come at a pace, behind a burst, and those of another do not wait", () => {
  const pace = new BodyPace();
  const waits = Array.from({ length: 8 }, () => pace.wait("ana", 2 * MiB, 1000));
  expect(waits).toEqual([0, 0, 0, 0, 250, 500, 750, 1000]);
  expect(pace.wait("ben", 8 * MiB, 1000)).toBe(0);
  // What has gone by counts.
  expect(pace.wait("ana", 2 * MiB, 3000)).toBe(0);
});

it("an operation never waits", () => {
  const pace = new BodyPace();
  pace.wait("ana", 64 * MiB, 0);
  expect(pace.wait("ana", 1000, 0)).toBe(0);
  expect(pace.wait("ana", 100_000, 0)).toBeGreaterThan(0);
});

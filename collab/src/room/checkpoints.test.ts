import { encodeState } from "@onrecord/history/store/encoded-state";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Checkpoints } from "./checkpoints.js";

const encoded = encodeState(new Y.Doc());

/** Hands over and commits `versions` versions in batches of `size`, `ms` apart; returns those whose state was to be stored. */
function stored(checkpoints: Checkpoints, versions: number, size: number, ms: number): number[] {
  const result: number[] = [];
  for (let version = size, now = 0; version <= versions; version += size, now += ms) {
    checkpoints.handedOver(version, () => encoded, now);
    if (checkpoints.committed(version)) result.push(version);
  }
  return result;
}

describe("the states that a room stores", () => {
  it("are 500 versions apart", () => {
    expect(stored(new Checkpoints(0, 0), 2000, 1, 10)).toEqual([500, 1000, 1500, 2000]);
    expect(stored(new Checkpoints(0, 0), 2000, 300, 600)).toEqual([600, 1200, 1800]);
  });

  it("are a second apart, however fast versions come", () => {
    expect(stored(new Checkpoints(0, 0), 100_000, 100, 4)).toEqual([500, 25_500, 50_500, 75_500]);
  });

  it("are those of committed versions only", () => {
    const checkpoints = new Checkpoints(0, 0);
    checkpoints.handedOver(500, () => encoded, 0);
    checkpoints.forget();
    expect(checkpoints.committed(500)).toBeUndefined();
    checkpoints.handedOver(600, () => encoded, 2000);
    expect(checkpoints.committed(600)).toBe(encoded);
  });

  it("are stored at the end if that saves the next opening something", () => {
    const small = new Checkpoints(100, 1000);
    expect([100, 101, 151].map((version) => small.isWorthwhile(version))).toEqual([false, true, true]);
    const large = new Checkpoints(100, 10 * 1024 * 1024);
    expect([100, 101, 150, 151].map((version) => large.isWorthwhile(version))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { Buckets } from "./buckets.js";

describe("buckets", () => {
  it("let a burst through and then one at a time", () => {
    let now = 0;
    const buckets = new Buckets({ burst: 3, everyMs: 1000 }, () => now);
    expect([1, 2, 3, 4].map(() => buckets.take("a"))).toEqual([true, true, true, false]);
    now += 1000;
    expect([1, 2].map(() => buckets.take("a"))).toEqual([true, false]);
    expect(buckets.take("b")).toBe(true);
  });

  it("forget whom nothing is held against, and never remember more than their capacity", () => {
    const buckets = new Buckets({ burst: 2, everyMs: 1000 }, () => 0, 10);
    buckets.take("a");
    buckets.giveBack("a");
    expect(buckets.size).toBe(0);
    for (let i = 0; i < 1000; i++) buckets.take(`name ${i}`);
    expect(buckets.size).toBe(10);
    buckets.giveBack("never seen");
  });
});

import { describe, expect, it } from "vitest";
import { Throttle } from "./throttle.js";

const rate = { messages: 100, bytes: 10_000, work: 500 };

describe("a rate", () => {
  it.each<[string, number, number, number]>([
    ["messages", 100, 0, 0],
    ["bytes", 1, 10_000, 0],
    ["work", 1, 0, 500],
  ])("lets a second's worth of %s come at once, and no more", (_what, count, bytes, work) => {
    const throttle = new Throttle(rate);
    for (let i = 0; i < count; i++) throttle.charge(bytes, work, 5000);
    expect(throttle.wait(5000)).toBeCloseTo(0);
    throttle.charge(bytes, work, 5000);
    expect(throttle.wait(5000)).toBeCloseTo(1000 / count);
    expect(throttle.wait(5000 + 1000 / count)).toBeCloseTo(0);
  });

  it("is never exceeded over any time, however the messages are spread", () => {
    const throttle = new Throttle(rate);
    let now = 0;
    let bytes = 0;
    for (let i = 0; i < 1000; i++) {
      // A client that always sends as soon as it may, in pieces of every size.
      now += throttle.wait(now);
      const piece = 1 + ((i * 7919) % 3000);
      throttle.charge(piece, 0, now);
      bytes += piece;
      expect(bytes).toBeLessThanOrEqual(10_000 + now * 10 + 3000);
    }
  });

  it("saves nothing up: after a pause it is a second's worth again", () => {
    const throttle = new Throttle(rate);
    throttle.charge(10_000, 0, 0);
    throttle.charge(10_000, 0, 1_000_000);
    throttle.charge(5_000, 0, 1_000_000);
    expect(throttle.wait(1_000_000)).toBeCloseTo(500);
  });
});

import { describe, expect, it } from "vitest";
import { Lane } from "./lane.js";

describe("a lane", () => {
  it("does one slice at a time in turn, and whatever else there is between two of them", async () => {
    const lane = new Lane();
    const told: string[] = [];
    const work = async (name: string) => {
      const slices = lane.begin();
      for (let i = 0; i < 3; i++) {
        told.push(name);
        await slices.next();
      }
    };
    let between = 0;
    let isDone = false;
    const other = () => {
      between++;
      if (!isDone) setImmediate(other);
    };
    setImmediate(other);
    await Promise.all([work("a"), work("b")]);
    isDone = true;
    expect(told.join("")).toBe("ababab");
    expect(between).toBeGreaterThanOrEqual(5);
  });

  it("says when a slice has taken its time", async () => {
    const slices = new Lane(0).begin();
    expect(slices.isOver).toBe(true);
    expect(new Lane(60_000).begin().isOver).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { FairQueue } from "./fair-queue.js";

const drain = (queue: FairQueue<string>) => {
  const order: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) order.push(item);
  return order;
};

describe("a fair queue", () => {
  it("gives each owner a turn, and each owner's in their order", () => {
    const queue = new FairQueue<string>({ capacity: 100, perOwner: 50 });
    for (let i = 0; i < 4; i++) queue.push("flood", `f${i}`);
    queue.push("a", "a0");
    queue.push("b", "b0");
    queue.push("a", "a1");
    expect(drain(queue)).toEqual(["f0", "a0", "b0", "f1", "a1", "f2", "f3"]);
    expect(queue.length).toBe(0);
  });

  it("takes no more of one owner than they may have", () => {
    const queue = new FairQueue<string>({ capacity: 100, perOwner: 2 });
    expect(["x", "y", "z"].map((item) => queue.push("a", item))).toEqual([undefined, undefined, "z"]);
    expect(queue.push("b", "z")).toBeUndefined();
  });

  it("lets a newcomer in when it is full, in place of whoever has most", () => {
    const queue = new FairQueue<string>({ capacity: 6, perOwner: 6 });
    for (let i = 0; i < 6; i++) queue.push("flood", `f${i}`);
    expect(queue.push("a", "a0")).toBe("f5");
    expect(queue.push("b", "b0")).toBe("f4");
    expect(queue.push("flood", "f6")).toBe("f6");
    expect(queue.length).toBe(6);
    expect(drain(queue)).toEqual(["f0", "a0", "b0", "f1", "f2", "f3"]);
  });

  it("refuses who has as much as everybody else when it is full", () => {
    const queue = new FairQueue<string>({ capacity: 3, perOwner: 3 });
    for (const owner of ["a", "b", "c"]) queue.push(owner, owner);
    expect(queue.push("d", "d")).toBe("d");
    expect(queue.push("a", "a1")).toBe("a1");
    expect(drain(queue)).toEqual(["a", "b", "c"]);
  });
});

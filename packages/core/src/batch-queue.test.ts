import { describe, expect, it } from "vitest";
import { BatchQueue } from "./batch-queue.js";

describe("what comes at about the same time", () => {
  it("is done together, in its order, one batch after the other", async () => {
    const commits: number[][] = [];
    let running = 0;
    const queue = new BatchQueue<number, number>(async (items) => {
      expect(++running).toBe(1);
      commits.push([...items]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return items;
    });
    await queue.add(0);
    const numbers = Array.from({ length: 1200 }, (_, i) => i + 1);
    await Promise.all(numbers.map((n) => queue.add(n)));
    expect(commits.flat()).toEqual([0, ...numbers]);
    expect(commits.length).toBeLessThan(6);
  });

  it("is told of its own fault alone", async () => {
    const kept: number[] = [];
    const queue = new BatchQueue<number, number>(async (items) => {
      if (items.includes(2)) throw new Error("two");
      kept.push(...items);
      return items;
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => queue.add(n)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(kept).toEqual([1, 3]);
    await queue.add(4);
    expect(kept).toEqual([1, 3, 4]);
  });

  it("fails together where that is nobody's fault", async () => {
    let tries = 0;
    const queue = new BatchQueue<number, number>(
      async () => {
        tries++;
        throw new Error("away");
      },
      (error) => (error as Error).message === "away",
    );
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => queue.add(n)));
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(tries).toBe(1);
  });

  it.each(["told", "refused"])("is %s some in each turn of the event loop", async (how) => {
    let turn = 0;
    let turning = setImmediate(function next() {
      turn++;
      turning = setImmediate(next);
    });
    const perTurn = new Map<number, number>();
    const count = () => void perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
    const queue = new BatchQueue<number, number>(
      async (items) => {
        if (how === "refused") throw new Error("away");
        return items;
      },
      () => true,
    );
    await Promise.all(Array.from({ length: 300 }, (_, n) => queue.add(n).then(count, count)));
    clearImmediate(turning);
    expect([...perTurn.values()].reduce((sum, n) => sum + n)).toBe(300);
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(16);
  });

  it("gets each its own result", async () => {
    const queue = new BatchQueue<number, string>(async (items) => items.map((n) => `of ${n}`));
    expect(await Promise.all([1, 2, 3].map((n) => queue.add(n)))).toEqual(["of 1", "of 2", "of 3"]);
  });
});

import { describe, expect, it } from "vitest";
import { Pace, PaceExceeded } from "./pace.js";

describe("a pace", () => {
  it("lets so many through in each turn of the loop, owner by owner", async () => {
    const pace = new Pace(2, { eachOf: 100, all: 100 });
    const passed: string[] = [];
    const turns: number[] = [];
    let turn = 0;
    let more = true;
    const count = () => {
      turn++;
      if (more) setImmediate(count);
    };
    setImmediate(count);
    const pass = async (owner: string) => {
      await pace.pass(owner);
      passed.push(owner);
      turns.push(turn);
    };
    await Promise.all(["a", "a", "a", "a", "a", "a", "b", "c"].map(pass));
    more = false;
    expect(passed.slice(0, 2)).toEqual(["a", "a"]);
    // Who came behind the first's many waits for one of them.
    expect(passed.slice(2, 5).toSorted()).toEqual(["a", "b", "c"]);
    for (const n of new Set(turns)) expect(turns.filter((turn) => turn === n).length).toBeLessThanOrEqual(2);
  });

  it("keeps whoever brings too many from taking all places", async () => {
    const pace = new Pace(1, { eachOf: 3, all: 4 });
    const outcomes = Promise.allSettled(["a", "a", "a", "a", "a", "b", "c"].map((owner) => pace.pass(owner)));
    const refused = (await outcomes).map((outcome) => outcome.status === "rejected" && outcome.reason);
    expect(refused[4]).toEqual(new PaceExceeded("yours"));
    // For the last one, one of those who had most waiting made room.
    expect(refused.slice(5)).toEqual([false, false]);
    expect(refused.filter((reason) => reason instanceof PaceExceeded)).toHaveLength(2);
  });

  it("begins anew when all were let through", async () => {
    const pace = new Pace(1, { eachOf: 1, all: 1 });
    for (let i = 0; i < 5; i++) {
      await pace.pass("a");
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect(pace.pass("a")).resolves.toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { Turns } from "./turns.js";

describe("turns", () => {
  it("come one after the other for each owner, also behind one that failed, and others go in between", async () => {
    const turns = new Turns(10);
    const told: string[] = [];
    const work = (name: string) => async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${name} ends`);
      if (name === "ana 1") throw new Error("lost");
      return name;
    };
    const first = turns.take({ person: "ana" }, work("ana 1"));
    const rest = [turns.take({ person: "ana" }, work("ana 2")), turns.take({ person: "ben" }, work("ben 1"))];
    await expect(first).rejects.toThrow("lost");
    expect(await Promise.all(rest)).toEqual(["ana 2", "ben 1"]);
    expect(told.indexOf("ana 1 ends")).toBeLessThan(told.indexOf("ana 2 begins"));
    expect(told.indexOf("ben 1 begins")).toBeLessThan(told.indexOf("ana 2 begins"));
  });

  it("are refused to whoever has too many waiting, and not taken by whoever has gone", async () => {
    const turns = new Turns(2);
    const leaving = new AbortController();
    let read = 0;
    const work = async () => ++read;
    const codeOf = (error: { code?: string }) => error.code;
    const first = turns.take({ person: "ana" }, work);
    const second = turns.take({ person: "ana", gone: leaving.signal }, work).catch(codeOf);
    expect(await turns.take({ person: "ana" }, work).catch(codeOf)).toBe("RATE_LIMITED");
    leaving.abort();
    expect(await turns.take({ person: "ben" }, work)).toBe(2);
    expect([await first, await second]).toEqual([1, "UNAVAILABLE"]);
    expect(await turns.take({ person: "ana" }, work)).toBe(3);
  });
});

import { describe, expect, it } from "vitest";
import { Turns } from "./turns.js";

describe("turns", () => {
  it("come one after the other for each owner, also behind one that failed, and others go in between", async () => {
    const turns = new Turns();
    const told: string[] = [];
    const work = (name: string) => async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${name} ends`);
      if (name === "ana 1") throw new Error("lost");
      return name;
    };
    const first = turns.take("ana", work("ana 1"));
    const rest = [turns.take("ana", work("ana 2")), turns.take("ben", work("ben 1"))];
    await expect(first).rejects.toThrow("lost");
    expect(await Promise.all(rest)).toEqual(["ana 2", "ben 1"]);
    expect(told.indexOf("ana 1 ends")).toBeLessThan(told.indexOf("ana 2 begins"));
    expect(told.indexOf("ben 1 begins")).toBeLessThan(told.indexOf("ana 2 begins"));
  });
});

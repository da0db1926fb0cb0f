import { describe, expect, it } from "vitest";
import { Bindings } from "./bindings.js";

const row = (clock: number, userId: string | null, clientId = 1) => ({ clientId, clock, userId });

describe("bindings", () => {
  it("take a row only where the user changes, and keep the first user for good", () => {
    const bindings = new Bindings([row(0, "ana")]);
    expect(bindings.note(1, 5, "ana")).toBeNull();
    expect(bindings.note(1, 9, null)).toEqual(row(9, null));
    expect(bindings.note(1, 12, null)).toBeNull();
    expect(bindings.note(1, 14, "ana")).toEqual(row(14, "ana"));
    expect(bindings.ownerOf(1)).toBe("ana");
    expect([...bindings.unprovenFrom]).toEqual([[1, 9]]);
    expect(bindings.relayedForOwners).toBe(true);
    expect(new Bindings([row(0, null), row(0, "ana", 2)]).relayedForOwners).toBe(false);
  });

  it("know which clocks are unproven", () => {
    const bindings = new Bindings([row(0, "ana"), row(9, null), row(14, "ana"), row(20, null)]);
    const cases: [from: number, to: number, expected: boolean][] = [
      [0, 9, false],
      [0, 10, true],
      [13, 14, true],
      [14, 20, false],
      [14, 21, true],
      [30, 31, true],
    ];
    for (const [from, to, expected] of cases)
      expect(bindings.unproven(1, from, to), `${from}–${to}`).toBe(expected);
    expect(bindings.unproven(2, 0, 100)).toBe(false);
  });

  it("forget what no commit has kept, and keep what one has", () => {
    const bindings = new Bindings([]);
    bindings.note(1, 0, null);
    bindings.note(2, 0, "ben");
    bindings.note(1, 4, "ana");
    bindings.settle(1);
    bindings.forget();
    expect([bindings.ownerOf(1), bindings.ownerOf(2)]).toEqual([undefined, undefined]);
    expect(bindings.unproven(1, 6, 7)).toBe(true);
    expect(bindings.note(2, 0, "eva")).toEqual(row(0, "eva", 2));
  });

  it("learn what another node has committed, and say nothing against it", () => {
    const bindings = new Bindings([row(0, "ana")]);
    bindings.learn([row(0, "ana"), row(7, null)]);
    expect(bindings.note(1, 7, "ana")).toBeNull();
    expect(bindings.note(1, 8, "ana")).toEqual(row(8, "ana"));
  });
});

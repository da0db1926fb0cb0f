import type { Caller, Principal } from "@onrecord/policy/principal";
import { describe, expect, it } from "vitest";
import { BodyBudget, type Holding } from "./body-budget.js";

const MB = 1024 * 1024;
const person = (userId: string): Caller => ({
  principal: { userId } as Principal,
  requestId: "r",
  from: { ip: "192.0.2.1", userAgent: null },
});
const stranger = (ip: string): Caller => ({ principal: null, requestId: "r", from: { ip, userAgent: null } });

/** Opens bodies of `length` until one is refused; returns those that were not, and the code. */
function fill(budget: BodyBudget, caller: (i: number) => Caller, length: number, atMost = 10_000) {
  const open: Holding[] = [];
  for (let i = 0; i < atMost; i++) {
    try {
      const holding = budget.open(caller(i));
      open.push(holding);
      holding.grow(length);
    } catch (error) {
      return { open, code: (error as { code: string }).code };
    }
  }
  return { open, code: null };
}

describe("the bodies that a node holds at once", () => {
  it("are at most a quarter one person's, and the others still have theirs", () => {
    const budget = new BodyBudget(256 * MB);
    const greedy = fill(budget, () => person("a"), 32 * MB);
    expect(greedy.code).toBe("RATE_LIMITED");
    expect(budget.held).toBeLessThanOrEqual((256 * MB) / 4 + 4 * MB);
    expect(fill(budget, () => person("b"), 32 * MB, 2).code).toBeNull();
  });

  it("are bounded in all, and what is small has its place whatever is large", () => {
    const budget = new BodyBudget(256 * MB);
    expect(fill(budget, (i) => person(`p${i}`), 32 * MB).code).toBe("UNAVAILABLE");
    expect(budget.held).toBeLessThanOrEqual(320 * MB);
    expect(fill(budget, () => stranger("192.0.2.9"), 500, 20).code).toBeNull();
    expect(fill(budget, () => person("z"), 64 * 1024, 20).code).toBeNull();
  });

  it("of strangers are a sixteenth one network's and half all theirs", () => {
    const budget = new BodyBudget(256 * MB);
    expect(fill(budget, (i) => stranger(`2001:db8::${i.toString(16)}`), 64 * 1024).code).toBe("RATE_LIMITED");
    expect(budget.held).toBeLessThanOrEqual(4 * MB);
    expect(fill(budget, (i) => stranger(`10.0.${i >> 8}.${i & 255}`), 64 * 1024).code).toBe("RATE_LIMITED");
    expect(budget.held).toBeLessThanOrEqual(32 * MB);
    expect(fill(budget, () => person("a"), 64 * 1024, 20).code).toBeNull();
  });

  it("are free again when they were given back, each once", () => {
    const budget = new BodyBudget(16 * MB);
    const { open } = fill(budget, (i) => person(`p${i % 3}`), MB, 20);
    for (const holding of [...open, ...open]) holding[Symbol.dispose]();
    expect(budget.held).toBe(0);
  });

  it("that take no bytes cost something too", () => {
    const budget = new BodyBudget(MB);
    expect(fill(budget, () => person("a"), 0).code).toBe("RATE_LIMITED");
  });
});

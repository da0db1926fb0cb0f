import { describe, expect, it } from "vitest";
import { type FoldBounds, type Refusal, Refusals } from "./refusals.js";

const MINUTE = 60_000;

function refusal(
  facts: { ip?: string; claimed?: string; reason?: "token" | "credentials"; agent?: string } = {},
): Refusal {
  const { ip = "192.0.2.1", claimed, reason = "credentials", agent = "x" } = facts;
  const from = { ip, userAgent: agent, ...(claimed === undefined ? {} : { claimed }) };
  return {
    action: "session.refused",
    by: { actorKind: "ANONYMOUS", actorId: null, sessionId: null, requestId: "request", from },
    object: null,
    detail: { reason },
  };
}

/** A clock that moves by hand, and what was written. */
function folding(bounds: Partial<FoldBounds> = {}) {
  const clock = { now: 0 };
  const written: { count: number | undefined; from: Refusal["by"]["from"] }[] = [];
  let broken = false;
  const refusals = new Refusals(
    async (entry) => {
      if (broken) throw new Error("no database");
      written.push({ count: (entry as Refusal).detail.count, from: entry.by.from });
    },
    undefined,
    { windowMs: MINUTE, ...bounds },
    () => clock.now,
  );
  const all = () => written.reduce((sum, { count }) => sum + (count ?? 1), 0);
  return {
    clock,
    written,
    refusals,
    all,
    break: (is: boolean) => {
      broken = is;
    },
  };
}

describe("refusals of strangers", () => {
  it("are on the record at once, until one is like the one before", async () => {
    const { refusals, written } = folding();
    await refusals.add(refusal({ claimed: "a" }));
    await refusals.add(refusal({ claimed: "b" }));
    await refusals.add(refusal({ claimed: "a", ip: "192.0.2.2" }));
    await refusals.add(refusal({ claimed: "a", reason: "token" }));
    expect(written).toHaveLength(4);
    await refusals.add(refusal({ claimed: "a" }));
    expect(written).toHaveLength(4);
  });

  it("behind the first are one entry with their count, five of them at once and the rest at the end of the window", async () => {
    const { clock, refusals, written } = folding();
    for (let i = 0; i < 1000; i++) await refusals.add(refusal({ claimed: "a" }));
    expect(written.map(({ count }) => count)).toEqual([undefined, 4]);
    clock.now = MINUTE;
    await refusals.end(clock.now);
    expect(written.map(({ count }) => count)).toEqual([undefined, 4, 995]);
    expect(refusals.size).toBe(0);
    await refusals.add(refusal({ claimed: "a" }));
    expect(written).toHaveLength(4);
  });

  it("are none lost when everything comes at once and the process ends", async () => {
    const { refusals, written, all } = folding({ capacity: 10, namesPerAddress: 3 });
    const many = Array.from({ length: 2000 }, (_, i) =>
      refusal({ ip: `192.0.2.${i % 40}`, claimed: `name ${i % 7}` }),
    );
    await Promise.all(many.map((each) => refusals.add(each)));
    await refusals.end();
    expect(all()).toBe(2000);
    expect(written.length).toBeLessThan(60);
  });

  it("of one address under many names become one, and of many addresses too", async () => {
    const { refusals, written } = folding({ capacity: 50, namesPerAddress: 8 });
    for (let i = 0; i < 500; i++) await refusals.add(refusal({ claimed: `name ${i}` }));
    expect(refusals.size).toBe(9);
    for (let i = 0; i < 5000; i++)
      await refusals.add(refusal({ ip: `10.0.${i >> 8}.${i & 255}`, claimed: "victim" }));
    // One more than the bound: what is past it has a place of its own.
    expect(refusals.size).toBe(51);
    const before = written.length;
    await refusals.end();
    const last = written.slice(before);
    expect(last).toHaveLength(2);
    expect(last[0]?.from).toEqual({ ip: "192.0.2.1", userAgent: "x" });
    expect(last[1]?.from).toEqual({ ip: null, userAgent: "x", claimed: "victim" });
  });

  it("of addresses that their holder makes up are of one network", async () => {
    const { refusals, written } = folding();
    for (let i = 1; i < 100; i++) await refusals.add(refusal({ ip: `2001:db8::${i}`, agent: `${i}` }));
    expect(refusals.size).toBe(1);
    await refusals.end();
    expect(written.map(({ count }) => count)).toEqual([undefined, 4, 94]);
    expect(written.at(-1)?.from).toEqual({ ip: "2001:db8:0:0::/64", userAgent: null });
  });

  it("that cannot be written wait for the next window", async () => {
    const { clock, refusals, written, break: broken } = folding();
    for (let i = 0; i < 10; i++) await refusals.add(refusal());
    broken(true);
    clock.now = MINUTE;
    await refusals.end(clock.now);
    broken(false);
    await refusals.end();
    expect(written.map(({ count }) => count)).toEqual([undefined, 4, 5]);
  });
});

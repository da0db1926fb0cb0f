import { stat } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { hashPassword } from "../password.js";
import { type Asker, PasswordPool, type PoolBounds } from "./password-pool.js";

const pools: PasswordPool[] = [];
function pool(bounds: Partial<PoolBounds> = {}): PasswordPool {
  const made = new PasswordPool({ threads: 1, ...bounds });
  pools.push(made);
  return made;
}
afterEach(async () => {
  for (const each of pools.splice(0)) await each[Symbol.asyncDispose]();
});

let accounts = 0;
const from = (network: string, facts: Partial<Asker> = {}): Asker => ({
  network,
  account: `account ${accounts++}`,
  familiar: false,
  ...facts,
});

describe("the threads of passwords", () => {
  it("say whose password it is, and no where there is none", async () => {
    const hash = await hashPassword("correct horse");
    const passwords = pool();
    expect(await passwords.verify(hash, "correct horse", from("a"))).toBe(true);
    expect(await passwords.verify(hash, "wrong", from("a"))).toBe(false);
    expect(await passwords.verify(null, "correct horse", from("a"))).toBe(false);
    await expect(passwords.verify("no hash", "x", from("a"))).rejects.toThrow();
    expect(await passwords.verify(hash, "correct horse", from("a"))).toBe(true);
  });

  it("give each network its turn, and those who are known there go first", async () => {
    const passwords = pool();
    const order: string[] = [];
    const ask = (name: string, asker: Asker) =>
      passwords.verify(null, "x", asker).then(() => void order.push(name));
    const flood = Array.from({ length: 20 }, (_, i) => ask(`f${i}`, from("flood")));
    await Promise.all([
      ...flood,
      ask("other", from("other")),
      ask("known", from("flood", { familiar: true })),
    ]);
    // One was looked at when they came.
    expect(order.slice(0, 4)).toEqual(["f0", "known", "f1", "other"]);
    expect(order.slice(4)).toEqual(Array.from({ length: 18 }, (_, i) => `f${i + 2}`));
  });

  it("refuse what is past the bounds of an account, of a network and of all, and no more", async () => {
    const passwords = pool({ waiting: 10, perNetwork: 6, perAccount: 2 });
    const outcome = (asker: Asker) =>
      passwords.verify(null, "x", asker).then(
        () => "looked at",
        (error: { code: string }) => error.code,
      );
    const count = async (askers: Asker[]) => {
      const outcomes = await Promise.all(askers.map(outcome));
      return outcomes.filter((one) => one === "RATE_LIMITED").length;
    };
    const same = Array.from({ length: 5 }, (_, i) => from(`n${i}`, { account: "target" }));
    const owner = outcome(from("n1", { account: "target", familiar: true }));
    expect(await count(same)).toBe(3);
    expect(await owner).toBe("looked at");
    // One is looked at, six wait.
    expect(await count(Array.from({ length: 9 }, () => from("a")))).toBe(2);
    expect(await count(Array.from({ length: 30 }, (_, i) => from(`m${i}`)))).toBe(19);
    expect(await count(same.slice(0, 2))).toBe(0);
  });

  it("are not those of files, names and handshakes", async () => {
    const passwords = pool();
    let looked = 0;
    const all = Array.from({ length: 12 }, () =>
      passwords.verify(null, "x", from("a")).then(() => void looked++),
    );
    await stat(".");
    // On libuv's four threads, four of them at least would have gone before.
    expect(looked).toBeLessThan(4);
    await Promise.all(all);
  });

  it("refuse what waits when they end", async () => {
    const passwords = pool();
    const all = Array.from({ length: 5 }, () => passwords.verify(null, "x", from("a")));
    const outcomes = Promise.allSettled(all);
    await passwords[Symbol.asyncDispose]();
    expect((await outcomes).map((one) => one.status)).toContain("rejected");
    await expect(passwords.verify(null, "x", from("a"))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

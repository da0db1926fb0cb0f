import { EntitySchema } from "@mikro-orm/postgresql";
import { createLogger } from "@onrecord/core/log";
import { onAccountOf } from "@onrecord/core/owner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usualBounds } from "./bounds.js";
import { Database } from "./database.js";
import { openOrm } from "./orm.js";
import { type FreshDatabase, freshDatabase } from "./testing/fresh-database.js";

const log = createLogger("silent");
let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh?.[Symbol.asyncDispose]());

const open = (max: number, bounds = usualBounds) => new Database(fresh.adminUrl, { log, max, bounds });
const brings = (owner: string, count: number, work: () => Promise<unknown>) =>
  Array.from({ length: count }, () => onAccountOf(owner, work));

describe("a pool of two connections", () => {
  it.each([
    ["statements", (db: Database) => db.query("select pg_sleep(0.005)")],
    ["transactions", (db: Database) => db.transaction((tx) => tx.query("select pg_sleep(0.005)"))],
  ])("lets nobody wait for the %s of somebody who brings hundreds", async (_, work) => {
    await using db = open(2);
    let done = 0;
    const crowd = brings("many", 300, () => work(db).then(() => done++));
    await crowd[0];
    // One after the other: each waits for what is under way at most.
    for (let i = 0; i < 10; i++) await onAccountOf("one", () => db.query("select 1"));
    expect(done).toBeLessThan(150);
    await Promise.all(crowd);
    expect(done).toBe(300);
  });

  it("is never held by one alone, however long their work takes, and by Onrecord itself is", async () => {
    await using db = open(2);
    const end = Promise.withResolvers<void>();
    const held = brings("slow", 5, () => db.transaction(() => end.promise));
    expect(await onAccountOf("one", () => db.query("select 1 as n"))).toEqual([{ n: 1 }]);
    expect(db.pool.waiting).toBe(4);
    end.resolve();
    await Promise.all(held);
    // Each waits for the other to have begun.
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const meet = (here: typeof first, there: typeof first) =>
      db.transaction(() => {
        here.resolve();
        return there.promise;
      });
    await Promise.all([meet(first, second), meet(second, first)]);
  });

  it("refuses what is too much of one owner in a sentence, and nothing of others", async () => {
    await using db = open(2);
    const answers = await Promise.allSettled([
      ...brings("many", 1100, () => db.query("select 1")),
      ...brings("one", 1, () => db.query("select 1")),
    ]);
    const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    expect(refused.length).toBe(99);
    for (const reason of refused)
      expect(reason).toMatchObject({ code: "RATE_LIMITED", message: expect.stringContaining("try again") });
    expect(answers.at(-1)?.status).toBe("fulfilled");
    expect(db.pool.refused).toBe(99);
  });

  it("says so through the ORM, too", async () => {
    await using db = open(2);
    const Base = new EntitySchema({
      name: "Base",
      tableName: "pg_database",
      properties: { datname: { type: "string", primary: true } },
    });
    await using orm = await openOrm({ db, log, schema: "pg_catalog", entities: [Base] });
    const asked = brings("many", 1002, () => orm.em().find(Base, { datname: "none" }));
    await expect(Promise.all(asked)).rejects.toMatchObject({ name: "AppError", code: "RATE_LIMITED" });
    await Promise.allSettled(asked);
  });

  it("goes on after turns that were waited for in vain, and connections that were not to be had", async () => {
    await using db = open(1, { ...usualBounds, connectMs: 50, waitMs: 50 });
    const end = Promise.withResolvers<void>();
    const held = db.transaction(() => end.promise);
    await expect(onAccountOf("one", () => db.query("select 1"))).rejects.toThrow("timeout exceeded");
    end.resolve();
    await held;
    expect(await onAccountOf("one", () => db.query("select 1 as n"))).toEqual([{ n: 1 }]);

    await using nowhere = new Database("postgres://nobody@127.0.0.1:1/none", { log, max: 1 });
    for (const owner of ["one", "one", "two"])
      await expect(onAccountOf(owner, () => nowhere.query("select 1"))).rejects.toThrow("ECONNREFUSED");
  });

  it("gives back what waits when it ends", async () => {
    const db = open(1);
    const crowd = brings("many", 20, () => db.query("select pg_sleep(0.01)"));
    await crowd[0];
    await db[Symbol.asyncDispose]();
    const ends = await Promise.allSettled(crowd);
    expect(ends.at(-1)).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringContaining("calling end") },
    });
  });
});

import { setTimeout as delay } from "node:timers/promises";
import { createLogger } from "@onrecord/core/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usualBounds } from "./bounds.js";
import { Database } from "./database.js";
import { type FreshDatabase, freshDatabase } from "./testing/fresh-database.js";

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh?.[Symbol.asyncDispose]());

/** A database whose process ends, and what it warned of. */
function ending(withinMs: number) {
  const warned: string[] = [];
  const log = Object.assign(createLogger("silent"), {
    warn: (_: object, sentence: string) => void warned.push(sentence),
  });
  const db = new Database(fresh.adminUrl, { log, bounds: { ...usualBounds, answerMs: 2000 } });
  return { db, warned, hurry: () => db.hurry(withinMs) };
}
const backend = async (db: Database) =>
  (await db.query<{ pid: number }>("select pg_backend_pid() as pid"))[0]?.pid;

describe("a process that ends beside a database that is well", () => {
  it("keeps connections that nobody uses, and says nothing of the database", async () => {
    const { db, warned, hurry } = ending(3000);
    await using _ = db;
    const before = await backend(db);
    hurry();
    // Connections are looked at every half second.
    await delay(1800);
    expect(await backend(db)).toBe(before);
    expect([db.lost, warned]).toEqual([0, []]);
  });

  it("does not wait for a long statement, and does not call that a lost database", async () => {
    const { db, warned, hurry } = ending(500);
    await using _ = db;
    const long = db.query("select pg_sleep(60)");
    await backend(db);
    hurry();
    await expect(long).rejects.toThrow("the process ends");
    expect([db.lost, warned]).toEqual([
      0,
      ["the process ends and did not wait longer for an answer of the database"],
    ]);
  });
});

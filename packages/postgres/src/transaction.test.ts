import { createLogger } from "@onrecord/core/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database } from "./database.js";
import { freshDatabase, runAsOwner } from "./testing/fresh-database.js";

const log = createLogger("silent");
const resources = new AsyncDisposableStack();
let adminUrl: string;
let db: Database;

beforeAll(async () => {
  const fresh = resources.use(await freshDatabase());
  adminUrl = fresh.adminUrl;
  db = resources.use(new Database(fresh.appUrl, { log }));
  await runAsOwner(
    adminUrl,
    "create table public.scratch (n bigint unique); grant all on public.scratch to onrecord_app",
  );
});
afterAll(() => resources.disposeAsync());

describe("the database", () => {
  it("runs the effects of a transaction after its commit, and never after a rollback", async () => {
    const seen: unknown[] = [];
    await db.transaction(async (tx) => {
      await tx.query("insert into public.scratch values (1)");
      tx.onCommit(() => seen.push("effect"));
      seen.push((await db.query("select from public.scratch where n = 1")).length);
    });
    seen.push((await db.query("select from public.scratch where n = 1")).length);
    expect(seen).toEqual([0, "effect", 1]);
    await expect(
      db.transaction(async (tx) => {
        await tx.query("insert into public.scratch values (2)");
        tx.onCommit(() => seen.push("never"));
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect(seen).toEqual([0, "effect", 1]);
    expect(await db.query("select from public.scratch where n = 2")).toEqual([]);
  });

  it("does not call a transaction committed in which a statement failed", async () => {
    let effects = 0;
    await expect(
      db.transaction(async (tx) => {
        await tx.query("insert into public.scratch values (3)");
        tx.onCommit(() => effects++);
        await tx.query("select 1 / 0").catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: "INTERNAL" });
    expect(effects).toBe(0);
    expect(await db.query("select from public.scratch where n = 3")).toEqual([]);
  });

  it("calls a transaction committed although an effect of it failed", async () => {
    const result = await db.transaction(async (tx) => {
      tx.onCommit(() => {
        throw new Error("effect");
      });
      return "kept";
    });
    expect(result).toBe("kept");
  });

  it("gives 64-bit integers as numbers, and counts its statements", async () => {
    const before = db.statements;
    expect(
      await db.query("select 9007199254740991::bigint as n, count(*) as c from public.scratch where n < 0"),
    ).toEqual([{ n: 9007199254740991, c: 0 }]);
    expect(db.statements - before).toBe(1);
    await db.transaction((tx) => tx.query("select 1"));
    expect(db.statements - before).toBe(4);
  });

  it("goes on after its connections were cut, also in the middle of a transaction", async () => {
    await expect(
      db.transaction(async (tx) => {
        await tx.query("select pg_terminate_backend(pg_backend_pid())").catch(() => undefined);
        await tx.query("select 1");
      }),
    ).rejects.toThrow();
    expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("steps down to the services' role with one login for everything, whatever options its URL has", async () => {
    for (const url of [adminUrl, `${adminUrl}?options=-c%20statement_timeout%3D1234`]) {
      await using stepped = new Database(url, { log, role: "onrecord_app" });
      expect(await stepped.query("select current_user::text as who")).toEqual([{ who: "onrecord_app" }]);
      await stepped.query("reset role");
      expect(await stepped.query("select current_user::text as who")).toEqual([{ who: "onrecord_app" }]);
      await expect(stepped.query("alter table audit.entry disable trigger all")).rejects.toThrow(
        /must be owner/,
      );
      const [{ timeout }] = (await stepped.query<{ timeout: string }>(
        "select current_setting('statement_timeout') as timeout",
      )) as [{ timeout: string }];
      expect(timeout).toBe(url === adminUrl ? "2min" : "1234ms");
    }
  });
});

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { Database } from "@onrecord/postgres/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginEra, nextPlace } from "./era.js";
import { isSettled } from "./is-settled.js";
import { bySystem, Ledger } from "./ledger.js";
import { comparePositions, start } from "./read.js";
import { newest, readAfter } from "./tail.js";

let context: FirstNode;
let ledger: Ledger;
let owner: Database;
beforeAll(async () => {
  context = await testNode();
  ledger = new Ledger(context.db, context.bus);
  owner = new Database(context.adminUrl, { log: createLogger("silent"), max: 2 });
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

const record = () =>
  ledger.record({
    action: "document.opened",
    by: bySystem("a request"),
    object: { kind: "DOCUMENT", id: newId() },
    detail: { via: "api", version: 3, access: "view" },
  });
const settled = () => until(() => isSettled(context.db), "everything written to be behind the horizon");

describe("the order of the record", () => {
  it("goes on behind where another server's ended: what is written is read, once, by whoever came from there", async () => {
    const early = await record();
    await settled();
    const [before] = (await readAfter(context.db, start, 1000)).slice(-1);
    expect(before).toMatchObject({ id: early });
    // As of a server that was far ahead of this one when its backup was made, and went on for a while.
    const there = BigInt(await nextPlace(owner)) + 5_000_000_000n;
    const follower = { txid: String(there + 1000n), entryId: newId() };
    await owner.transaction((tx) => beginEra(tx, String(there)));
    expect(BigInt(await nextPlace(owner))).toBeGreaterThan(there + 2n ** 32n);
    const late = await record();
    await settled();
    expect((await readAfter(context.db, follower, 10)).map(({ id }) => id)).toEqual([late]);
    expect((await readAfter(context.db, start, 1000)).slice(-2).map(({ id }) => id)).toEqual([early, late]);
    expect(comparePositions(await newest(context.db), follower)).toBe(1);
    // Readers keep how far they have come, and the database lets them.
    const { txid, entryId } = await newest(context.db);
    await context.db.query(
      "insert into audit.reader (name, txid, entry_id) values ('era', $1::text::xid8, $2)",
      [txid, entryId],
    );
    await expect(
      context.db.query("update audit.reader set txid = audit.frontier() where name = 'era'"),
    ).rejects.toMatchObject({ code: "42501" });
  });

  it("holds what is still open back in its new era, too", async () => {
    const { db } = context;
    const reader = await newest(db);
    const late = Promise.withResolvers<void>();
    const open = db.transaction(async (tx) => {
      await ledger.append(tx, {
        action: "document.opened",
        by: bySystem("late"),
        object: { kind: "DOCUMENT", id: newId() },
        detail: { via: "api", version: 1, access: "view" },
      });
      await late.promise;
    });
    const between = await record();
    expect((await readAfter(db, reader, 10)).map(({ id }) => id)).not.toContain(between);
    late.resolve();
    await open;
    await settled();
    expect(await readAfter(db, reader, 10)).toHaveLength(2);
  });

  it("goes on behind itself when it is restored again, also from the older backup, and into a server that is far ahead", async () => {
    const first = BigInt(await nextPlace(owner));
    const second = () => Math.floor(Date.now() / 1000);
    const now = second();
    await until(() => second() > now, "the next second");
    await owner.transaction((tx) => beginEra(tx, "800"));
    expect(BigInt(await nextPlace(owner))).toBeGreaterThan(first);
  });
});

describe("whoever speaks of places in that order", () => {
  it("asks the database's functions for them, in every function", async () => {
    const rows = await owner.query<{ name: string }>(
      `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit') and p.prokind in ('f', 'p')
         and pg_get_functiondef(p.oid) ~ '(pg_current_xact_id\\(\\)(?!\\)?::xid)|pg_snapshot_xm)'`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual([
      "audit.frontier()",
      "audit.horizon()",
      "audit.place()",
    ]);
  });

  it("asks them in every program", () => {
    const root = fileURLToPath(new URL("../../..", import.meta.url));
    const sources = globSync(["*/src/**/*.ts", "{packages,subgraphs}/*/src/**/*.ts"], { cwd: root });
    const asking = sources.filter(
      (path) =>
        !/\.test\.ts$/.test(path) &&
        /pg_snapshot_xm|pg_current_xact_id\(/.test(readFileSync(join(root, path), "utf8")),
    );
    expect(asking).toEqual(["packages/ledger/src/era.ts"]);
  });
});

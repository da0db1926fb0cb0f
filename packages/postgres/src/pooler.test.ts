import { createLogger } from "@onrecord/core/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkServer } from "./check-server.js";
import { Database } from "./database.js";
import { type FreshDatabase, freshDatabase } from "./testing/fresh-database.js";
import { findPgbouncer, type Pgbouncer, startPgbouncer } from "./testing/pgbouncer.js";

const pgbouncer = findPgbouncer();
const what = `through a pooler${pgbouncer ? "" : " (skipped: pgbouncer is not installed)"}`;

it("a server without a pooler is known as one", async () => {
  await using fresh = await freshDatabase();
  expect(await checkServer(fresh.appUrl, "DATABASE_URL")).toMatchObject({ pooled: false });
});

describe.skipIf(pgbouncer === undefined)(what, () => {
  const resources = new AsyncDisposableStack();
  let fresh: FreshDatabase;
  let pooler: Pgbouncer;
  beforeAll(async () => {
    fresh = resources.use(await freshDatabase());
    pooler = resources.use(await startPgbouncer(pgbouncer!, "session", [fresh.adminUrl]));
  });
  afterAll(() => resources.disposeAsync());

  it("every connection has its role and its time-outs before anybody has it", async () => {
    const url = pooler.through(fresh.adminUrl);
    expect(await checkServer(url, "DATABASE_URL")).toMatchObject({ pooled: true });
    await using db = new Database(url, {
      log: createLogger("silent"),
      role: "onrecord_collab",
      pooled: true,
      max: 3,
    });
    const alone = db.dedicated("a test's own", { pipeline: true });
    await alone.connect();
    const question =
      "select current_user::text as who, current_setting('idle_in_transaction_session_timeout') as ends";
    const answers = await Promise.all([
      ...Array.from({ length: 3 }, () => db.query(question)),
      ...[db.reserve, db.aside, alone].map(async (line) => (await line.query(question)).rows),
    ]);
    await alone.end();
    for (const answer of answers) expect(answer).toEqual([{ who: "onrecord_collab", ends: "30s" }]);
    expect(db.statements).toBe(3);
    await expect(db.query("delete from audit.entry")).rejects.toMatchObject({ code: "42501" });
  });

  it("a role that is not there makes no connection, and leaves none behind", async () => {
    const options = { log: createLogger("silent"), role: "onrecord_nobody", pooled: true, name: "astray" };
    await using db = new Database(pooler.through(fresh.adminUrl), options);
    await expect(db.query("select 1")).rejects.toMatchObject({
      message: expect.stringContaining("onrecord_nobody"),
    });
    await using owner = new Database(fresh.adminUrl, { log: createLogger("silent"), max: 1 });
    expect(
      await owner.query("select from pg_stat_activity where application_name = 'astray' and state <> 'idle'"),
    ).toEqual([]);
  });

  it("wrong names and passwords are a sentence that does not tell the password", async () => {
    const wrong = new URL(pooler.through(fresh.adminUrl));
    wrong.password = "hunter2";
    for (const url of [wrong.href, wrong.href.replace("onrecord_owner", "nobody")]) {
      const asking = checkServer(url, "DATABASE_URL");
      await expect(asking).rejects.toMatchObject({
        code: "BAD_CONFIG",
        message: expect.stringMatching(/DATABASE_URL .*does not (let|take)/),
      });
      await expect(asking).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2") });
    }
  });
});

import { randomBytes } from "node:crypto";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { afterAll, describe, expect, it } from "vitest";
import { Database } from "./database.js";
import { listMigrations, migrate } from "./migrate.js";
import { freshDatabase, runAsOwner } from "./testing/fresh-database.js";

const log = createLogger("silent");
const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

describe("migrations", () => {
  it("are applied once, however many processes start at once on an empty database", async () => {
    const { adminUrl: url } = resources.use(await freshDatabase({ migrated: false }));
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, log)));
    expect(applied.flat().sort()).toEqual(await listMigrations());
    expect(await migrate(url, log)).toEqual([]);
  });

  it("need no superuser: an owner who may make roles is enough, and its services are held to what they may", async () => {
    const { adminUrl } = resources.use(await freshDatabase({ migrated: false }));
    const owner = `owner_${randomBytes(6).toString("hex")}`;
    const database = new URL(adminUrl).pathname.slice(1);
    // The roles of the server are there already, as of another database; a server without them lets whoever makes them give them.
    await runAsOwner(
      adminUrl,
      `create role ${owner} login createrole password 'secret'; grant onrecord_app to ${owner};
       alter database ${database} owner to ${owner}; alter schema public owner to ${owner}`,
    );
    resources.defer(() =>
      runAsOwner(adminUrl, `drop owned by ${owner}; drop role ${owner}`).catch(() => undefined),
    );
    const url = new URL(adminUrl);
    [url.username, url.password] = [owner, "secret"];
    expect(await migrate(url.href, log)).toEqual(await listMigrations());
    await using documents = new Database(url.href, { log, max: 1, role: "onrecord_documents" });
    await expect(documents.query("delete from documents.head")).rejects.toMatchObject({ code: "42501" });
    expect(await documents.query("select onrecord.is_service() as held")).toEqual([{ held: true }]);
    await using own = new Database(url.href, { log, max: 1 });
    expect(await own.query("select onrecord.is_service() as held")).toEqual([{ held: false }]);
  });

  it("ask nothing of a restricted login when there is nothing to do", async () => {
    const { appUrl } = resources.use(await freshDatabase());
    expect(await migrate(appUrl, log)).toEqual([]);
  });

  it("tell a restricted login what to do about an empty database", async () => {
    const { appUrl } = resources.use(await freshDatabase({ migrated: false }));
    await expect(migrate(appUrl, log)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("DATABASE_ADMIN_URL"),
    });
  });

  it("refuse a database from which a newer build has taken what this one needs, and leave it as it is", async () => {
    const { adminUrl } = resources.use(await freshDatabase());
    await runAsOwner(
      adminUrl,
      `insert into onrecord.applied_migration (name) values ('999-contract-after-998-tomorrow.sql');
       delete from onrecord.applied_migration where name like '006%'`,
    );
    await expect(migrate(adminUrl, log)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("999-contract-after-998-tomorrow.sql"),
    });
  });

  it.each(["999-tomorrow.sql", "999-contract-after-020-what-was-before.sql"])(
    "work beside what a newer build has added, or taken from builds before this one: %s",
    async (name) => {
      const { adminUrl } = resources.use(await freshDatabase());
      await runAsOwner(adminUrl, `insert into onrecord.applied_migration (name) values ('${name}')`);
      expect(await migrate(adminUrl, log)).toEqual([]);
    },
  );

  it("give way to those who work, say who is in the way, and go on where they were", async () => {
    const { adminUrl } = resources.use(await freshDatabase());
    // Back to before the last one, as far as it can be told.
    await runAsOwner(adminUrl, "delete from onrecord.applied_migration where name like '021%'");
    await using holder = new Database(adminUrl, { log, max: 1, name: "a long report" });
    const held = Promise.withResolvers<void>();
    const enough = Promise.withResolvers<void>();
    const report = holder.transaction(async (tx) => {
      await tx.query("lock table onrecord.applied_migration in share mode");
      held.resolve();
      await enough.promise;
    });
    await held.promise;
    await expect(migrate(adminUrl, log, { attempts: 2 })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(
        /^The migration 021-\S+ could not get its locks.* of \w+ \(a long report\)/,
      ),
    });
    await using runner = new Database(adminUrl, { log, max: 1 });
    const cut = expect(migrate(adminUrl, log)).rejects.toMatchObject({
      message: expect.stringMatching(/nothing of it was kept.*it goes on where it was/),
    });
    const pids = () =>
      runner.query<{ pid: number }>(
        "select pid from pg_stat_activity where datname = current_database() and application_name = 'onrecord migrate' and wait_event = 'relation'",
      );
    await until(async () => {
      const [found] = await pids();
      if (found) await runner.query("select pg_terminate_backend($1)", [found.pid]);
      return found !== undefined;
    }, "it to wait, and to be cut off");
    await cut;
    enough.resolve();
    await report;
    expect(await migrate(adminUrl, log)).toEqual(["021-previous-release.sql"]);
  });
});

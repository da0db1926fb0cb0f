import { createLogger } from "@onrecord/core/log";
import { afterAll, describe, expect, it } from "vitest";
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

  it("refuse a database of a newer build and leave it as it is", async () => {
    const { adminUrl } = resources.use(await freshDatabase());
    await runAsOwner(
      adminUrl,
      "insert into onrecord.migration (name) values ('999-tomorrow.sql'); delete from onrecord.migration where name like '006%'",
    );
    await expect(migrate(adminUrl, log)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("999-tomorrow.sql"),
    });
  });
});

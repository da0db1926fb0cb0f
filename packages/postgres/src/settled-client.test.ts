import { createLogger } from "@onrecord/core/log";
import { expect, it } from "vitest";
import { usualBounds } from "./bounds.js";
import { Database } from "./database.js";
import { freshDatabase } from "./testing/fresh-database.js";
import { SilentProxy } from "./testing/silent-proxy.js";

it("a connection that falls silent while its settings are made ends nothing, and the next one works", async () => {
  await using fresh = await freshDatabase();
  await using proxy = await SilentProxy.before(fresh.adminUrl);
  await using db = new Database(proxy.through(fresh.adminUrl), {
    log: createLogger("silent"),
    role: "onrecord_collab",
    pooled: true,
    bounds: { ...usualBounds, answerMs: 500, statementMs: 500, connectMs: 500 },
  });
  let swallowed = 0;
  proxy.watch = (line, direction, piece) => {
    if (direction !== "up" || !piece.includes("set_config") || swallowed > 0) return;
    swallowed++;
    line.mute("up", "down");
  };
  await expect(db.query("select 1")).rejects.toThrow();
  expect(swallowed).toBe(1);
  expect(await db.query("select current_user::text as who")).toEqual([{ who: "onrecord_collab" }]);
});

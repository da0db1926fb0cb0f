import { testNode } from "@onrecord/bus/testing/test-node";
import { runAsOwner } from "@onrecord/postgres/testing/fresh-database";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { mountHealth } from "./health.js";
import { HttpServer } from "./http-server.js";

describe("health", () => {
  it("is ready when the database is migrated and the bus is heard, and says what is not", async () => {
    await using node = await testNode();
    await using http = new HttpServer(node.log);
    mountHealth(http, { ...node, metrics: new Registry() });
    const url = await http.listen(0, "127.0.0.1");
    const ready = async () => {
      const response = await fetch(`${url}/readyz`);
      return [response.status, await response.json()];
    };
    expect(await (await fetch(`${url}/healthz`)).text()).toBe("ok\n");
    expect(await ready()).toEqual([
      200,
      { ready: true, checks: { database: "ok", migrations: "ok", bus: "ok" } },
    ]);
    // What a newer build adds does not disturb; what it takes away does, and what is not there yet.
    const wrong = ["999-contract-after-998-tomorrow.sql", "021-previous-release.sql"];
    const [taken, missing] = wrong.map((name) => `('${name}')`);
    const note = (text: string) => runAsOwner(node.adminUrl, text);
    await note("insert into onrecord.applied_migration (name) values ('999-tomorrow.sql')");
    expect((await ready())[0]).toBe(200);
    await note(`insert into onrecord.applied_migration (name) values ${taken}`);
    expect(await ready()).toMatchObject([
      503,
      { ready: false, checks: { database: "ok", migrations: expect.stringContaining(wrong[0]!) } },
    ]);
    await note(`delete from onrecord.applied_migration where name in (${taken}, ${missing})`);
    expect(await ready()).toMatchObject([
      503,
      { ready: false, checks: { database: "ok", migrations: expect.stringContaining(wrong[1]!) } },
    ]);
    await note(`insert into onrecord.applied_migration (name) values ${missing}`);
    expect((await ready())[0]).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("onrecord_process_cpu");
  });
});

import { testNode } from "@onrecord/bus/testing/test-node";
import { until } from "@onrecord/core/testing/until";
import { usualBounds } from "@onrecord/postgres/bounds";
import { Database } from "@onrecord/postgres/database";
import { runAsOwner } from "@onrecord/postgres/testing/fresh-database";
import { SilentProxy } from "@onrecord/postgres/testing/silent-proxy";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { mountHealth } from "./health.js";
import { HttpServer } from "./http-server.js";

async function asked(url: string) {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}

describe("health", () => {
  it("is ready when the database is migrated and can be written, and says what is not", async () => {
    await using node = await testNode();
    await using http = new HttpServer(node.log);
    mountHealth(http, { ...node, metrics: new Registry() });
    const url = await http.listen(0, "127.0.0.1");
    const ready = () => asked(url);
    expect(await (await fetch(`${url}/healthz`)).text()).toBe("ok\n");
    expect(await ready()).toEqual([
      200,
      { ready: true, checks: { database: "ok", migrations: "ok", writes: "ok", bus: "ok" } },
    ]);
    // What a newer build adds does not disturb; what it takes away does, and what is not there yet.
    const wrong = ["999-contract-after-998-tomorrow.sql", "023-write-probe.sql"];
    const [taken, missing] = wrong.map((name) => `('${name}')`);
    const note = (text: string) => runAsOwner(node.adminUrl, text);
    const becomes = (status: number) =>
      until(async () => (await ready())[0] === status, `the answer to be ${status}`);
    await note("insert into onrecord.applied_migration (name) values ('999-tomorrow.sql')");
    expect((await ready())[0]).toBe(200);
    await note(`insert into onrecord.applied_migration (name) values ${taken}`);
    await becomes(503);
    expect(await ready()).toMatchObject([
      503,
      { ready: false, checks: { database: "ok", migrations: expect.stringContaining(wrong[0]!) } },
    ]);
    await note(`delete from onrecord.applied_migration where name in (${taken}, ${missing})`);
    await until(
      async () => JSON.stringify(await ready()).includes(wrong[1]!),
      "the missing migration to be noticed",
    );
    expect(await ready()).toMatchObject([503, { ready: false, checks: { database: "ok" } }]);
    await note(`insert into onrecord.applied_migration (name) values ${missing}`);
    await becomes(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("onrecord_process_cpu");
  });

  it("is ready without hints, and not with a database that only reads", async () => {
    await using node = await testNode();
    await using http = new HttpServer(node.log);
    mountHealth(http, { db: node.db, bus: { ready: () => false }, metrics: new Registry() });
    const url = await http.listen(0, "127.0.0.1");
    expect(await asked(url)).toMatchObject([200, { ready: true, checks: { bus: "reconnecting" } }]);
    await runAsOwner(
      node.adminUrl,
      `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$;
       select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await until(async () => (await asked(url))[0] === 503, "the database to be found read-only");
    expect(await asked(url)).toMatchObject([
      503,
      { checks: { writes: expect.stringContaining("read-only") } },
    ]);
  });

  it("answers while the database is silent, asks it once however many ask, and is ready when it is back", async () => {
    await using node = await testNode();
    await using proxy = await SilentProxy.before(node.appUrl);
    const bounds = { ...usualBounds, answerMs: 2000, connectMs: 4000 };
    await using db = new Database(proxy.through(node.appUrl), { log: node.log, bounds });
    await using http = new HttpServer(node.log);
    mountHealth(http, { db, bus: node.bus, metrics: new Registry() });
    const url = await http.listen(0, "127.0.0.1");
    let asks = 0;
    proxy.watch = (_line, direction, piece) => {
      if (direction === "up" && piece.includes("probe_writes")) asks++;
    };
    expect((await asked(url))[0]).toBe(200);
    await Promise.all(Array.from({ length: 200 }, () => asked(url)));
    expect(asks).toBeLessThan(5);
    proxy.silence("up", "down");
    await until(async () => (await asked(url))[0] === 503, "the silence to be noticed");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    proxy.heal();
    await until(async () => (await asked(url))[0] === 200, "the database to be found again");
  });
});

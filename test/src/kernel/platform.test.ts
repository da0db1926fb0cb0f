import type { Bus } from "@onrecord/bus/bus";
import { NatsTransport } from "@onrecord/bus/nats-transport";
import { createLogger } from "@onrecord/core/log";
import { mountHealth } from "@onrecord/http/health";
import { HttpServer } from "@onrecord/http/http-server";
import { Database } from "@onrecord/postgres/database";
import { findRunningPostgres } from "@onrecord/postgres/embedded/running";
import { listMigrations, migrate } from "@onrecord/postgres/migrate";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../free-port.js";
import { findNats, startNats } from "../nats.js";

const log = createLogger("silent");
let context: TestContext;
let adminUrl: string;
let appUrl: string;

beforeAll(async () => {
  context = await testContext();
  const running = await findRunningPostgres(context.config.dataDir);
  if (!running) throw new TypeError("no running postgres");
  ({ adminUrl, appUrl } = running);
});
afterAll(() => context?.[Symbol.asyncDispose]());

/** What a bus hears of `permissions.changed` from other nodes. */
function listen(bus: Bus): number[] {
  const heard: number[] = [];
  bus.subscribe(
    "permissions.changed",
    ({ revision }, origin) => void (origin === "remote" && heard.push(revision)),
  );
  return heard;
}

describe("the database", () => {
  beforeAll(() =>
    new Owner(adminUrl).run(
      "create table public.scratch (n bigint unique); grant all on public.scratch to onrecord_app",
    ),
  );

  it("runs the effects of a transaction after its commit, and never after a rollback", async () => {
    const { db } = context;
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
    const { db } = context;
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
    const result = await context.db.transaction(async (tx) => {
      tx.onCommit(() => {
        throw new Error("effect");
      });
      return "kept";
    });
    expect(result).toBe("kept");
  });

  it("gives 64-bit integers as numbers, and counts its statements", async () => {
    const { db } = context;
    const before = db.statements;
    expect(
      await db.query("select 9007199254740991::bigint as n, count(*) as c from public.scratch where n < 0"),
    ).toEqual([{ n: 9007199254740991, c: 0 }]);
    expect(db.statements - before).toBe(1);
    await db.transaction((tx) => tx.query("select 1"));
    expect(db.statements - before).toBe(4);
  });

  it("goes on after its connections were cut, also in the middle of a transaction", async () => {
    const { db } = context;
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
      await using db = new Database(url, { log, role: "onrecord_app" });
      expect(await db.query("select current_user::text as who")).toEqual([{ who: "onrecord_app" }]);
      await db.query("reset role");
      expect(await db.query("select current_user::text as who")).toEqual([{ who: "onrecord_app" }]);
      await expect(db.query("alter table audit.entry disable trigger all")).rejects.toThrow(/must be owner/);
      const [{ timeout }] = (await db.query<{ timeout: string }>(
        "select current_setting('statement_timeout') as timeout",
      )) as [{ timeout: string }];
      expect(timeout).toBe(url === adminUrl ? "0" : "1234ms");
    }
  });
});

describe("migrations", () => {
  it("are applied once, however many processes start at once on an empty database", async () => {
    await new Owner(adminUrl).run("create database empty_one");
    const url = at(adminUrl, "empty_one");
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, log)));
    expect(applied.flat().sort()).toEqual(await listMigrations());
    expect(await migrate(url, log)).toEqual([]);
  });

  it("ask nothing of a restricted login when there is nothing to do", async () => {
    expect(await migrate(appUrl, log)).toEqual([]);
  });

  it("tell a restricted login what to do about an empty database", async () => {
    await new Owner(adminUrl).run("create database empty_two");
    await expect(migrate(at(appUrl, "empty_two"), log)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("DATABASE_ADMIN_URL"),
    });
  });

  it("refuse a database of a newer build and leave it as it is", async () => {
    await new Owner(adminUrl).run("create database newer");
    const owner = new Owner(at(adminUrl, "newer"));
    await migrate(owner.url, log);
    await owner.run(
      "insert into onrecord.migration (name) values ('999-tomorrow.sql'); delete from onrecord.migration where name like '006%'",
    );
    await expect(migrate(owner.url, log)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("999-tomorrow.sql"),
    });
  });
});

describe("health", () => {
  it("is ready when the database is migrated and the bus is heard, and says what is not", async () => {
    await using http = new HttpServer(log);
    const node = await context.another();
    mountHealth(http, node);
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
    const owner = new Owner(adminUrl);
    await owner.run("insert into onrecord.migration (name) values ('999-tomorrow.sql')");
    expect(await ready()).toMatchObject([
      503,
      { ready: false, checks: { migrations: expect.stringContaining("999-tomorrow.sql") } },
    ]);
    await owner.run("delete from onrecord.migration where name = '999-tomorrow.sql'");
    expect((await ready())[0]).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("onrecord_process_cpu");
  });
});

describe("the bus on Postgres", () => {
  it("reaches the other nodes once each, and packs what is large", async () => {
    const [one, two] = [await context.another(), await context.another()];
    const own = listen(context.bus);
    const heard = [listen(one.bus), listen(two.bus)];
    const presence: unknown[] = [];
    one.bus.subscribe("presence.changed", ({ states }) => void presence.push(states[0]?.[3]));
    const publish = (value: string) =>
      context.bus.publish("presence.changed", { documentId: "d", states: [[1, 1, "u", value]] });
    const value = "v".repeat(3000);
    for (let revision = 1; revision <= 500; revision++) {
      context.bus.publish("permissions.changed", { revision });
      if (revision % 10 === 0) publish(value);
    }
    publish("v".repeat(9000));
    context.bus.publish("permissions.changed", { revision: 501 });
    await until(() => heard.every((list) => list.at(-1) === 501), "the last hint");
    for (const list of heard) expect(list).toEqual(Array.from({ length: 501 }, (_, n) => n + 1));
    expect(presence).toEqual(Array.from({ length: 50 }, () => value));
    expect(own).toEqual([]);
  });

  it("survives what strangers send", async () => {
    const one = await context.another();
    const heard = listen(one.bus);
    for (const payload of ["", "nonsense", "null", "[null]", "7", `[{"n":"x"}]`])
      await context.db.query("select pg_notify('onrecord', $1)", [payload]);
    context.bus.publish("permissions.changed", { revision: 77 });
    await until(() => heard.includes(77), "the hint after the nonsense");
  });

  it("tells of a gap when its connection was cut, and hears again", async () => {
    const one = await context.another();
    const heard = listen(one.bus);
    let gaps = 0;
    one.bus.onGap(() => void gaps++);
    await new Owner(adminUrl).run(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'onrecord bus'",
    );
    await until(() => gaps === 1 && one.bus.ready() && context.bus.ready(), "the gap");
    context.bus.publish("permissions.changed", { revision: 88 });
    await until(() => heard.includes(88), "a hint after the reconnect");
    expect(heard).toEqual([88]);
    expect(gaps).toBe(1);
  });
});

describe("the bus on NATS", () => {
  const binary = findNats();

  it("reaches the other nodes once each, tells of a gap, and hears again", async (test) => {
    if (!binary) return test.skip("no nats-server on this machine: NATS is NOT tested");
    const port = await freePort();
    let server = await startNats(binary, port);
    try {
      await using first = await testContext({ NATS_URL: `nats://127.0.0.1:${port}` });
      const other = await first.another();
      const heard = listen(other.bus);
      const own = listen(first.bus);
      let gaps = 0;
      other.bus.onGap(() => void gaps++);
      // Together above NATS' largest message of one megabyte.
      for (let n = 0; n < 80; n++)
        first.bus.publish("presence.changed", { documentId: "d", states: [[1, n, "u", "v".repeat(20_000)]] });
      first.bus.publish("permissions.changed", { revision: 1 });
      await until(() => heard.includes(1), "the hint");
      await server[Symbol.asyncDispose]();
      await until(() => !other.bus.ready() && !first.bus.ready(), "the loss");
      server = await startNats(binary, port);
      await until(() => gaps === 1 && first.bus.ready(), "the gap");
      first.bus.publish("permissions.changed", { revision: 2 });
      await until(() => heard.includes(2), "the hint after the reconnect");
      expect(heard).toEqual([1, 2]);
      expect(own).toEqual([]);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });

  it("signs in as its URL says, by password or token, and never speaks in clear where TLS is wanted", async (test) => {
    if (!binary) return test.skip("no nats-server on this machine: NATS is NOT tested");
    const secured = [
      [["--user", "ann", "--pass", "p@ss/word"], "ann:p%40ss%2Fword"],
      [["--auth", "a-token"], "a-token"],
    ] as const;
    for (const [options, userinfo] of secured) {
      const port = await freePort();
      const server = await startNats(binary, port, options);
      try {
        await using right = new NatsTransport(`nats://${userinfo}@127.0.0.1:${port}`, log);
        await right.start(...nobody);
        expect(right.ready()).toBe(true);
        for (const url of [
          `nats://127.0.0.1:${port}`,
          `nats://ann:wrong@127.0.0.1:${port}`,
          `tls://${userinfo}@127.0.0.1:${port}`,
        ])
          await expect(new NatsTransport(url, log).start(...nobody), url).rejects.toMatchObject({
            code: "BAD_CONFIG",
          });
      } finally {
        await server[Symbol.asyncDispose]();
      }
    }
  });

  it("says in one sentence that NATS is not there", async () => {
    const transport = new NatsTransport("nats://127.0.0.1:1", log);
    await expect(transport.start(...nobody)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringMatching(/^Cannot reach NATS at NATS_URL \(127\.0\.0\.1:1\)/),
    });
  });
});

/** The login that owns the schemas. */
class Owner {
  constructor(readonly url: string) {}

  async run(text: string): Promise<void> {
    await using db = new Database(this.url, { log, max: 1 });
    await db.query(text);
  }
}

function at(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

const nobody = [() => undefined, () => undefined] as const;

import { newId } from "@onrecord/core/ids";
import { until } from "@onrecord/core/testing/until";
import { usualBounds } from "@onrecord/postgres/bounds";
import { Database } from "@onrecord/postgres/database";
import { runAsOwner } from "@onrecord/postgres/testing/fresh-database";
import { SilentProxy } from "@onrecord/postgres/testing/silent-proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Bus } from "./bus.js";
import { PostgresTransport } from "./postgres-transport.js";
import { listen } from "./testing/listen.js";
import { type FirstNode, testNode } from "./testing/test-node.js";

let first: FirstNode;
beforeAll(async () => {
  first = await testNode();
});
afterAll(() => first?.[Symbol.asyncDispose]());

/** Well formed, by a login of the database that is no node. */
const FORGED = JSON.stringify([
  { n: "x", t: "permissions.changed", m: { revision: 66 }, c: 1, at: Date.now(), s: "AA" },
]);

describe("the bus on Postgres", () => {
  it("reaches the other nodes once each, and packs what is large", async () => {
    const [one, two] = [await first.another(), await first.another()];
    const own = listen(first.bus);
    const heard = [listen(one.bus), listen(two.bus)];
    const presence: unknown[] = [];
    one.bus.subscribe("presence.changed", ({ states }) => void presence.push(states[0]?.[3]));
    const publish = (value: string) =>
      first.bus.publish("presence.changed", { documentId: "d", states: [[1, 1, "u", value]] });
    const value = "v".repeat(3000);
    for (let revision = 1; revision <= 500; revision++) {
      first.bus.publish("permissions.changed", { revision });
      if (revision % 10 === 0) publish(value);
    }
    publish("v".repeat(9000));
    first.bus.publish("permissions.changed", { revision: 501 });
    await until(() => heard.every((list) => list.at(-1) === 501), "the last hint");
    for (const list of heard) expect(list).toEqual(Array.from({ length: 501 }, (_, n) => n + 1));
    expect(presence).toEqual(Array.from({ length: 50 }, () => value));
    expect(own).toEqual([]);
  });

  it("survives what strangers send", async () => {
    const one = await first.another();
    const heard = listen(one.bus);
    for (const payload of ["", "nonsense", "null", "[null]", "7", `[{"n":"x"}]`, FORGED])
      await first.db.query("select pg_notify('onrecord', $1)", [payload]);
    first.bus.publish("permissions.changed", { revision: 77 });
    await until(() => heard.includes(77), "the hint after the nonsense");
    expect(heard).toEqual([77]);
  });

  it("tells of a gap when its connection was cut, and hears again", async () => {
    const one = await first.another();
    const heard = listen(one.bus);
    let gaps = 0;
    one.bus.onGap(() => void gaps++);
    await runAsOwner(
      first.adminUrl,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'onrecord bus'",
    );
    await until(() => gaps === 1 && one.bus.ready() && first.bus.ready(), "the gap");
    first.bus.publish("permissions.changed", { revision: 88 });
    await until(() => heard.includes(88), "a hint after the reconnect");
    expect(heard).toEqual([88]);
    expect(gaps).toBe(1);
  });

  it.each([
    ["what it sends is swallowed", ["up"]],
    ["what it is sent is swallowed", ["down"]],
  ] as const)("notices when its connection falls silent, so that %s, and hears again", async (_, muted) => {
    await using proxy = await SilentProxy.before(first.appUrl);
    const bounds = { ...usualBounds, answerMs: 2000 };
    await using db = new Database(proxy.through(first.appUrl), { log: first.log, bounds });
    const secret = "the secret of the nodes of a test";
    await using bus = new Bus(newId(), new PostgresTransport(db, first.log), () => undefined, secret);
    await bus.start();
    const heard = listen(bus);
    const others = listen(first.bus);
    let gaps = 0;
    bus.onGap(() => void gaps++);
    first.bus.publish("permissions.changed", { revision: 1 });
    await until(() => heard.includes(1), "a hint before the silence");
    proxy.mute(...muted);
    bus.publish("permissions.changed", { revision: 2 });
    await until(() => gaps > 0 && bus.ready(), "the silence to be noticed");
    first.bus.publish("permissions.changed", { revision: 3 });
    bus.publish("permissions.changed", { revision: 4 });
    await until(() => heard.includes(3) && others.includes(4), "hints both ways");
  });
});

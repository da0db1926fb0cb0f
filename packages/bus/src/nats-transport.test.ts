import { createLogger } from "@onrecord/core/log";
import { freePort } from "@onrecord/core/testing/free-port";
import { until } from "@onrecord/core/testing/until";
import { describe, expect, it } from "vitest";
import { NatsTransport } from "./nats-transport.js";
import { listen } from "./testing/listen.js";
import { findNats, startNats } from "./testing/nats.js";
import { testNode } from "./testing/test-node.js";

const log = createLogger("silent");
const nobody = [() => undefined, () => undefined] as const;

describe("the bus on NATS", () => {
  const binary = findNats();

  it("reaches the other nodes once each, tells of a gap, and hears again", async (test) => {
    if (!binary) return test.skip("no nats-server on this machine: NATS is NOT tested");
    const port = await freePort();
    let server = await startNats(binary, port);
    try {
      await using first = await testNode((_db, log) => new NatsTransport(`nats://127.0.0.1:${port}`, log));
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

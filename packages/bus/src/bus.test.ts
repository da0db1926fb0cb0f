import { describe, expect, it, vi } from "vitest";
import { Bus, type BusTransport, type Envelope, newest } from "./bus.js";
import { MessageSeal } from "./message-seal.js";
import { pack } from "./postgres-transport.js";

const SECRET = "a secret that all nodes share";

/** Joins buses of one process like a network would: everyone hears everything, also themselves. */
class Ether {
  readonly sent: Envelope[][] = [];
  readonly gaps: (() => void)[] = [];
  readonly #receivers: ((envelope: Envelope) => void)[] = [];
  failing = false;

  /** What everyone hears, whoever says it. */
  say(...envelopes: readonly Envelope[]): void {
    for (const receive of this.#receivers) for (const envelope of envelopes) receive(envelope);
  }

  transport(): BusTransport {
    return {
      start: async (receive, onGap) => {
        this.#receivers.push(receive);
        this.gaps.push(onGap);
      },
      send: async (envelopes) => {
        if (this.failing) throw new Error("no ether");
        this.sent.push([...envelopes]);
        this.say(...envelopes);
      },
      ready: () => !this.failing,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}

async function twoNodes() {
  const ether = new Ether();
  const errors: Error[] = [];
  const buses = ["a", "b"].map(
    (node) => new Bus(node, ether.transport(), (error) => errors.push(error), SECRET),
  );
  for (const bus of buses) await bus.start();
  // Once they know of each other, nothing waits behind their roll call.
  await vi.waitFor(() => expect(ether.sent).toHaveLength(3));
  await new Promise((resolve) => setTimeout(resolve, 50));
  ether.sent.length = 0;
  const heard: [string, unknown, string][] = [];
  const ends = buses.map((bus, index) =>
    bus.subscribe("permissions.changed", ({ revision }, origin) =>
      heard.push(["ab"[index]!, revision, origin]),
    ),
  );
  return { ether, errors, heard, ends, a: buses[0]!, b: buses[1]! };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("the bus", () => {
  it("delivers here at once, to others once, and skips its own echo", async () => {
    const { a, heard } = await twoNodes();
    a.publish("permissions.changed", { revision: 2 });
    expect(heard).toEqual([["a", 2, "local"]]);
    await settled();
    expect(heard).toEqual([
      ["a", 2, "local"],
      ["b", 2, "remote"],
    ]);
  });

  it("sends what one turn of the event loop published in one batch, in order", async () => {
    const { a, ether } = await twoNodes();
    for (let revision = 1; revision <= 100; revision++) a.publish("permissions.changed", { revision });
    await settled();
    expect(ether.sent.map((batch) => batch.map(({ m }) => (m as { revision: number }).revision))).toEqual([
      Array.from({ length: 100 }, (_, index) => index + 1),
    ]);
  });

  it("gathers what follows a message, and leaves out what a later one says as well", async () => {
    const { a, ether } = await twoNodes();
    a.publish("permissions.changed", { revision: 1 });
    await vi.waitFor(() => expect(ether.sent).toHaveLength(1));
    for (let version = 1; version <= 100; version++) {
      a.publish("document.committed", { documentId: "d", version });
      a.publish("entries.appended", { actions: ["document.edited"] });
    }
    await vi.waitFor(() => expect(ether.sent).toHaveLength(2));
    expect(ether.sent[1]!.map(({ m }) => m)).toEqual([
      { documentId: "d", version: 100 },
      { actions: ["document.edited"] },
    ]);
  });

  it("believes nothing that was not said by a node, just now, and once", async () => {
    const { a, ether, errors, heard } = await twoNodes();
    const remote = () => heard.filter(([, , origin]) => origin === "remote").map(([, revision]) => revision);
    a.publish("permissions.changed", { revision: 2 });
    await settled();
    const [said] = ether.sent.at(-1)!;
    const stranger = new MessageSeal("a secret of somebody else's");
    const old = new MessageSeal(SECRET, () => Date.now() - 61_000);
    const hint = { n: "c", t: "permissions.changed", m: { revision: 3 } } as const;
    // As anybody says it, in another's words, with a word changed, under another name, long ago, and again.
    ether.say(
      hint,
      stranger.seal(hint),
      { ...said!, m: hint.m },
      { ...said!, n: "c" },
      old.seal(hint),
      said!,
    );
    expect(remote()).toEqual([2]);
    expect(errors).toHaveLength(2);
    expect(errors[0]!.message).toContain("ONRECORD_SERVICE_SECRET");
    ether.say(new MessageSeal(SECRET).seal(hint));
    expect(new Set(remote())).toEqual(new Set([2, 3]));
  });

  it("ends a subscription", async () => {
    const { a, heard, ends } = await twoNodes();
    for (const end of ends) end();
    a.publish("permissions.changed", { revision: 2 });
    await settled();
    expect(heard).toEqual([]);
  });

  it("reports a failing transport and a throwing handler, and goes on", async () => {
    const { a, b, ether, errors, heard } = await twoNodes();
    b.subscribe("permissions.changed", () => {
      throw new Error("handler");
    });
    ether.failing = true;
    a.publish("permissions.changed", { revision: 1 });
    await settled();
    ether.failing = false;
    a.publish("permissions.changed", { revision: 2 });
    await vi.waitFor(() => expect(errors.map(({ message }) => message)).toEqual(["no ether", "handler"]));
    expect(heard.filter(([node]) => node === "b")).toEqual([["b", 2, "remote"]]);
  });

  it("tells everyone of a gap, also when one of them throws", async () => {
    const { a, ether, errors } = await twoNodes();
    let told = 0;
    a.onGap(() => {
      throw new Error("gap");
    });
    const end = a.onGap(() => void told++);
    ether.gaps[0]!();
    end();
    ether.gaps[0]!();
    expect(told).toBe(1);
    expect(errors).toHaveLength(2);
  });

  it("sends nothing while nobody else listens, and everything from the moment that somebody does", async () => {
    vi.useFakeTimers();
    try {
      const ether = new Ether();
      const report = (error: Error) => expect(error).toBeUndefined();
      const [a, b] = ["a", "b"].map((node) => new Bus(node, ether.transport(), report, SECRET)) as [Bus, Bus];
      const revisions = () =>
        ether.sent.flat().flatMap(({ m }) => ("revision" in m ? [(m as { revision: number }).revision] : []));
      const tell = async (revision: number) => {
        a.publish("permissions.changed", { revision });
        await vi.advanceTimersByTimeAsync(100);
      };
      await a.start();
      await tell(1);
      await vi.advanceTimersByTimeAsync(20_000);
      await tell(2);
      expect(revisions()).toEqual([1]);
      await b.start();
      await vi.advanceTimersByTimeAsync(60_000);
      await tell(3);
      expect(revisions()).toEqual([1, 3]);
      await b[Symbol.asyncDispose]();
      await vi.advanceTimersByTimeAsync(60_000);
      await tell(4);
      expect(revisions()).toEqual([1, 3]);
      // Who was there may be there again, unheard.
      ether.gaps[0]!();
      await tell(5);
      expect(revisions()).toEqual([1, 3, 5]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("sends what is still to be sent before it ends", async () => {
    const { a, ether } = await twoNodes();
    a.publish("permissions.changed", { revision: 9 });
    await a[Symbol.asyncDispose]();
    expect(ether.sent.flat()).toHaveLength(1);
  });
});

describe("the newest of a batch", () => {
  it("is kept per document and per kind of entry, and everything else as it is, in the order of what is kept", () => {
    const hint = (t: Envelope["t"], m: object) => ({ n: "node", t, m }) as Envelope;
    const kept = [
      hint("permissions.changed", { revision: 1 }),
      hint("permissions.changed", { revision: 2 }),
      hint("document.committed", { documentId: "other", version: 3 }),
      hint("alert.changed", { alertId: "x" }),
      hint("document.committed", { documentId: "d", version: 2 }),
      hint("entries.appended", { actions: ["a", "b"] }),
      hint("entries.appended", { actions: ["a"] }),
    ];
    const older = [
      hint("document.committed", { documentId: "d", version: 1 }),
      hint("entries.appended", { actions: ["a"] }),
    ];
    expect(newest([...older, ...kept])).toEqual(kept);
  });
});

describe("packing for NOTIFY", () => {
  const envelope = (update: string): Envelope => ({
    n: "node",
    t: "presence.changed",
    m: { documentId: "d", states: [[1, 1, "u", update]] },
  });

  it("keeps every payload below Postgres' 8000 bytes and every hint in order", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const envelopes = Array.from({ length: 200 }, (_, n) => envelope("ü".repeat((n * seed * 37) % 3000)));
      const payloads = pack(envelopes);
      for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8000);
      expect(payloads.flatMap((payload) => JSON.parse(payload) as Envelope[])).toEqual(envelopes);
    }
  });

  it("uses few payloads, and drops only what fits in none", () => {
    const small = Array.from({ length: 50 }, () => envelope("x".repeat(50)));
    expect(pack(small)).toHaveLength(1);
    expect(pack([envelope("x".repeat(9000)), ...small]).flatMap((p) => JSON.parse(p) as Envelope[])).toEqual(
      small,
    );
    expect(pack([])).toEqual([]);
  });
});

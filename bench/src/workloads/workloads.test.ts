import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { Server as Hocuspocus } from "@hocuspocus/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { takeTurns, typeAhead } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import type { Settings, Target, WireName } from "../load/job.js";
import { Random } from "../load/random.js";
import { Recorder } from "../measure/window.js";
import { ReferenceServer } from "../servers/reference-server.js";
import { workloads } from "./all.js";

const settings: Settings = {
  seconds: 0.2,
  warmup: 0.1,
  scale: 0.02,
  window: 4,
  seed: 7,
  traces: tmpdir(),
};
const http = createServer();
const hocuspocus = new Hocuspocus({ address: "127.0.0.1", port: 0, quiet: true, stopOnSignals: false });
const urls = new Map<WireName, string>();

beforeAll(async () => {
  new ReferenceServer(http);
  await once(http.listen(0, "127.0.0.1"), "listening");
  urls.set("y-websocket", `ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  await hocuspocus.listen();
  urls.set("hocuspocus", `ws://127.0.0.1:${hocuspocus.address.port}`);
});
afterAll(async () => {
  http.closeAllConnections();
  http.close();
  await hocuspocus.destroy();
});

const targetOf = (wire: WireName, documents: readonly string[]): Target => ({
  wire,
  url: urls.get(wire)!,
  pid: process.pid,
  documents,
  tokens: ["token"],
  stateDir: undefined,
  database: undefined,
});

describe.each(["y-websocket", "hocuspocus"] as const)("over the wire of %s", (wire) => {
  const possible = workloads.filter(({ missing }) => missing === undefined);
  it.each(possible)("$name runs, and its clients end with the same", async (workload) => {
    const documents = Array.from({ length: workload.documents(settings) }, (_, i) => `${workload.name}-${i}`);
    const numbers = await workload.run(targetOf(wire, documents), settings);
    for (const { key } of workload.columns) expect(numbers[key], key).toEqual(expect.any(Number));
  });

  it("people who take turns type one after the other", async () => {
    using fleet = new Fleet(targetOf(wire, []));
    const writers = await fleet.open(["turns", "turns"]);
    const desk = new Desk("turns", writers, writers, new Random(1), new Recorder());
    const stop = takeTurns(fleet, desk);
    await fleet.until(
      () => desk.acknowledged > 50,
      () => desk.acknowledged,
      "some turns",
    );
    await stop();
    const [first, second] = desk.writers.map(({ sentAt }) => sentAt);
    const order = [...first!.map((at) => ({ at, who: 1 })), ...second!.map((at) => ({ at, who: 2 }))]
      .sort((a, b) => a.at - b.at)
      .map(({ who }) => who);
    expect(order).toEqual(order.map((_, index) => (index % 2) + 1));
    await checkDesk(fleet, desk);
  });

  it("a burst has the edits that were asked for, and no more", async () => {
    using fleet = new Fleet(targetOf(wire, []));
    const clients = await fleet.open(["burst", "burst", "burst"]);
    const [first, second, reader] = clients;
    const desk = new Desk("burst", [first!, second!], [reader!], new Random(1), new Recorder());
    const stop = typeAhead(fleet, [desk], 4, 30);
    await fleet.until(
      () => desk.acknowledged === 60,
      () => desk.acknowledged,
      "the whole burst",
    );
    await stop();
    expect(desk.sent).toBe(60);
    await checkDesk(fleet, desk);
  });

  it("a client that holds something else makes the run a failure", async () => {
    const target = targetOf(wire, ["differs"]);
    using fleet = new Fleet(target);
    const [writer, reader] = await fleet.open(["differs", "differs"]);
    const desk = new Desk("differs", [writer!], [reader!], new Random(1), new Recorder());
    const stop = typeAhead(fleet, [desk], 4);
    await fleet.until(
      () => desk.acknowledged > 50,
      () => desk.acknowledged,
      "some edits",
    );
    await stop();
    await checkDesk(fleet, desk);
    desk.watched[0]!.kept.pop();
    await expect(checkDesk(fleet, desk)).rejects.toThrow(/a reader holds \d+ characters that differ/);
  });

  it("a client that is thrown out makes the run a failure", async () => {
    using fleet = new Fleet(targetOf(wire, []));
    const client = await fleet.openOne("thrown-out");
    client.onLost?.("a client was closed with 1011");
    await expect(fleet.wait(1000)).rejects.toThrow("a client was closed with 1011");
  });
});

describe("the reference server", () => {
  it("serves stock clients: content and presence, both ways", async () => {
    const open = () =>
      new WebsocketProvider(urls.get("y-websocket")!, "stock", new Y.Doc(), {
        disableBc: true,
      });
    const [a, b] = [open(), open()];
    a.doc.getText("t").insert(0, "from a ");
    b.doc.getText("t").insert(0, "from b ");
    a.awareness.setLocalStateField("user", { name: "A" });
    await expect.poll(() => a.doc.getText("t").length, { timeout: 20_000 }).toBe(14);
    await expect.poll(() => b.doc.getText("t").toString()).toBe(a.doc.getText("t").toString());
    await expect.poll(() => b.awareness.getStates().get(a.doc.clientID)).toEqual({ user: { name: "A" } });
    a.destroy();
    await expect.poll(() => b.awareness.getStates().has(a.doc.clientID)).toBe(false);
    b.destroy();
  });
});

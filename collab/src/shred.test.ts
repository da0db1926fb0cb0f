import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { History } from "@onrecord/history/store/history";
import { HttpServer } from "@onrecord/http/http-server";
import { bySystem } from "@onrecord/ledger/ledger";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Collab } from "./collab.js";
import { BoundedNode } from "./testing/bounded-node.js";

let node: BoundedNode;
let second: AppContext;
let http: HttpServer;
let collab: Collab;
let secondUrl: string;

beforeAll(async () => {
  node = await BoundedNode.open({});
  second = await node.context.another();
  http = new HttpServer(second.log);
  collab = new Collab(second);
  collab.mount(http);
  await collab.start();
  secondUrl = await http.listen(0, "127.0.0.1");
});
afterEach(() => node.leave());
afterAll(async () => {
  node?.leave();
  await collab?.drain();
  await collab?.[Symbol.asyncDispose]();
  await http?.[Symbol.asyncDispose]();
  await node?.[Symbol.asyncDispose]();
});

const shred = (documentId: string) => {
  const { context } = node;
  const history = new History(context);
  return context.db.transaction((tx) => history.shred(tx, documentId, bySystem(newId())));
};

describe("a document whose key is destroyed", () => {
  it("is open nowhere any more, on any node, while somebody types in it; other documents go on", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(await node.document());
    const here = node.edit(documentId, node.eve);
    const there = node.edit(documentId, node.eve, { url: secondUrl });
    await Promise.all([here.synced(), there.synced()]);
    let typing = true;
    const typist = (async () => {
      for (let i = 0; typing; i++) {
        here.text.insert(0, `${i} `);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    await until(async () => (await node.versions(documentId)).length > 10, "some versions");
    const { version } = await shred(documentId);
    expect(await Promise.all([here.closed(), there.closed()])).toEqual([4404, 4404]);
    typing = false;
    await typist;
    expect([node.collab.rooms.get(documentId), collab.rooms.get(documentId)]).toEqual([undefined, undefined]);
    // What was typed afterwards was committed nowhere.
    expect(await node.versions(documentId)).toHaveLength(version);
    expect(await node.entries(documentId, "document.edited")).toHaveLength(version);
    expect(await node.entries(documentId, "document.shredded")).toMatchObject([{ detail: { version } }]);
    for (const url of [node.url, secondUrl])
      expect(await node.edit(documentId, node.eve, { url }).closed()).toBe(4404);
    const { closed } = await node.raw(documentId);
    expect((await closed).reason).toContain("was destroyed at");
    await neighbours.noticedNothing();
  });

  it("is let go of also by a node that never heard of it", async () => {
    const documentId = await node.document();
    const editor = node.edit(documentId, node.eve);
    await editor.synced();
    // Straight in the database: no hint goes out.
    await node.context.db.query("select documents.shred($1, null)", [documentId]);
    expect(await editor.closed()).toBe(4404);
    expect(node.collab.rooms.get(documentId)).toBeUndefined();
  });

  it("is nothing that a hint alone can say", async () => {
    const documentId = await node.document();
    const editor = node.edit(documentId, node.eve);
    await editor.synced();
    const room = node.collab.rooms.get(documentId);
    let closed = false;
    void editor.closed().then(() => {
      closed = true;
    });
    const { bus } = node.context;
    // Whatever is said: that it is gone, that rights changed, that it is far ahead.
    for (const version of [1, 10 ** 9]) bus.publish("document.committed", { documentId, version });
    bus.publish("document.shredded", { documentId });
    bus.publish("permissions.changed", { revision: 10 ** 9 });
    editor.text.insert(0, "still here");
    await until(async () => (await node.versions(documentId)).length === 1, "the edit to be kept");
    expect(node.collab.rooms.get(documentId)).toBe(room);
    expect(closed).toBe(false);
  });
});

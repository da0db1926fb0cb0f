import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { until } from "@onrecord/core/testing/until";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

const BOUND = 20_000;

let node: BoundedNode;
beforeAll(async () => {
  node = await BoundedNode.open({ ONRECORD_MAX_MERGE_STEPS: String(BOUND) });
});
afterAll(() => node?.[Symbol.asyncDispose]());

/** What somebody says who writes so many letters, each before the last, and hears nobody. Of two, the higher clientID stands behind. */
function onTop(clientID: number, count: number): Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  const said: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => said.push(update));
  for (let i = 0; i < count; i++) doc.getText("content").insert(0, "x");
  return said;
}

describe("writers who do not hear each other", () => {
  it("are refused where the document would cost too much to load, on the record; others write on in it", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    await ben.synced();
    const [first, second] = [await node.raw(documentId), await node.raw(documentId)];
    for (const update of onTop(1, 500)) first.socket.send(syncFrame(sync.update, update));
    await until(() => ben.text.length === 500, "Ben to have the first writer's");
    // Each of these passes all of the first writer's.
    for (const update of onTop(2, 500)) second.socket.send(syncFrame(sync.update, update));
    expect(await second.closed).toEqual({
      code: 4413,
      reason: "too much was written at one place without hearing the others",
    });
    expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
    // Of each change, the steps for its one struct and fifty more are free.
    await until(
      () => ben.text.length === 500 + Math.floor(BOUND / (500 - 51)),
      "Ben to have what was within the bound",
    );
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    eve.text.insert(0, "Eve hears everybody. ");
    await until(() => ben.text.toString().startsWith("Eve hears everybody. "), "Ben to have Eve's");
  });

  it("in one message as large as they like are refused at once", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const [first, second] = [await node.raw(documentId), await node.raw(documentId)];
    first.socket.send(syncFrame(sync.update, Y.mergeUpdates(onTop(1, 5000))));
    second.socket.send(syncFrame(sync.update, Y.mergeUpdates(onTop(2, 5000))));
    expect(await Promise.race([first.closed, second.closed])).toMatchObject({ code: 4413 });
    await neighbours.noticedNothing();
  });
});

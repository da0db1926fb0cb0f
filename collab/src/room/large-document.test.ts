import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { newId } from "@onrecord/core/ids";
import { Edits } from "@onrecord/history/edit/edits";
import { History } from "@onrecord/history/store/history";
import { bySystem } from "@onrecord/ledger/ledger";
import { addPerson, signedIn } from "@onrecord/testing/database";
import { addGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import * as decoding from "lib0/decoding";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;
beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterAll(() => node?.[Symbol.asyncDispose]());
afterEach(() => node.leave());

/** Many items: nobody loads it in a moment. */
function large(): Y.Doc {
  const doc = new Y.Doc();
  const text = doc.getText("content");
  for (let i = 0; i < 12_000; i++) text.insert(i % 2 ? 0 : text.length, i % 3 ? "ab" : "😀");
  return doc;
}

/** A document that is large before anybody opens it, with a short change behind. */
async function stored(): Promise<{ documentId: string; doc: Y.Doc }> {
  const documentId = await node.document();
  const doc = large();
  const edits = new Edits(node.context, new History(node.context));
  const commit = (update: Uint8Array) =>
    edits.commit({ documentId, by: bySystem(newId()), action: "document.edited", change: () => update });
  await commit(Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(doc);
  doc.getText("content").delete(5, 4);
  doc.getText("content").insert(0, "then ");
  await commit(Y.encodeStateAsUpdate(doc, before));
  return { documentId, doc };
}

describe("a large document that rests", () => {
  it("wakes while its first changes wait, which are then taken in order; others work on meanwhile", async () => {
    const beside = await node.neighbours(await node.document());
    const { documentId, doc } = await stored();
    const wanted = doc.getText("content").toString();
    const ben = node.edit(documentId, node.ben);
    // Typed before it is there.
    ben.text.insert(0, "first ");
    ben.text.insert(6, "second ");
    await ben.synced();
    await until(async () => (await node.versions(documentId)).length >= 3, "the changes to be committed");
    await beside.noticedNothing();
    const late = node.edit(documentId, node.eve);
    await until(() => late.text.length === wanted.length + 13, "a newcomer to have all");
    const text = late.text.toString();
    expect(text.replace("first second ", "")).toBe(wanted);
    expect(ben.text.toString()).toBe(text);
    const loaded = await new History(node.context).load(documentId);
    expect(loaded.doc.getText("content").toString()).toBe(text);
  });

  it("tells somebody who has a part of it what they lack, and takes in what they bring", async () => {
    const { documentId, doc } = await stored();
    const mine = new Y.Doc();
    const update = Y.encodeStateAsUpdate(doc);
    Y.applyUpdate(mine, update);
    mine.getText("content").insert(3, "mine");
    const { socket, frames } = await node.raw(documentId);
    // All at once: what is asked, what is brought, and a change on top.
    const all = Y.getState(doc.store, doc.clientID);
    socket.send(syncFrame(sync.step1, Y.encodeStateVector(new Map([[doc.clientID, all - 100]]))));
    socket.send(syncFrame(sync.step2, Y.encodeStateAsUpdate(mine, Y.encodeStateVector(doc))));
    const later: Uint8Array[] = [];
    mine.on("update", (change: Uint8Array) => later.push(change));
    mine.getText("content").insert(0, "later ");
    for (const change of later) socket.send(syncFrame(sync.update, change));
    await until(
      async () => (await node.versions(documentId)).length >= 3,
      "what was brought to be committed",
    );
    const loaded = async () =>
      (await new History(node.context).load(documentId)).doc.getText("content").toString();
    await until(async () => (await loaded()) === mine.getText("content").toString(), "all to be there");
    await until(() => frames.some((frame) => frame[1] === sync.step2), "the answer");
    expect(frames.find((frame) => frame[1] === sync.step2)?.length).toBeLessThan(20_000);
    // Who lacks nearly all is told all of it.
    const late = await node.raw(documentId);
    late.socket.send(syncFrame(sync.step1, Y.encodeStateVector(new Map([[doc.clientID, 10]]))));
    await until(() => late.frames.some((frame) => frame[1] === sync.step2), "all of it");
    const told = new Y.Doc();
    for (const frame of late.frames) {
      const decoder = decoding.createDecoder(frame);
      if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) === sync.step1) continue;
      Y.applyUpdate(told, decoding.readVarUint8Array(decoder));
    }
    expect(told.getText("content").toString()).toBe(mine.getText("content").toString());
  });

  it("is not written into by somebody who may only look, and stays theirs to look at", async () => {
    const { documentId, doc } = await stored();
    const viewer = await signedIn(node.context.db, await addPerson(node.context.db, { name: "Vera" }));
    await addGrant(node.context, documentId, viewer.userId, "VIEW");
    const { socket, closed } = await node.raw(documentId, { token: viewer.token });
    const mine = new Y.Doc();
    mine.getText("content").insert(0, "x");
    socket.send(syncFrame(sync.update, Y.encodeStateAsUpdate(mine)));
    expect((await closed).code).toBe(4403);
    const { doc: now } = await new History(node.context).load(documentId);
    expect(now.getText("content").toString()).toBe(doc.getText("content").toString());
  });
});

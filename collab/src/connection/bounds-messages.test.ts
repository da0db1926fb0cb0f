import { message, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { until } from "@onrecord/testing/editor";
import * as encoding from "lib0/encoding";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({
    ONRECORD_MAX_FRAME_BYTES: "400000",
    ONRECORD_MAX_UPDATE_BYTES: "300000",
    ONRECORD_MAX_UPDATE_STRUCTS: "1000",
    ONRECORD_MAX_DOCUMENT_BYTES: "500000",
    ONRECORD_MAX_DOCUMENT_CLIENTS: "6",
    ONRECORD_MAX_STATE_VECTOR_ENTRIES: "100",
    ONRECORD_MAX_GAP_ANSWERS: "3",
    ONRECORD_MAX_UNKNOWN_MESSAGES: "4",
  });
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

/** An update of so many structs in a row, two bytes each. */
function crumbs(count: number): Uint8Array {
  return encoding.encode((encoder) => {
    for (const n of [1, count, 99, 0]) encoding.writeVarUint(encoder, n);
    for (let i = 0; i < count; i++) encoding.writeUint8Array(encoder, Uint8Array.of(0, 1));
    encoding.writeVarUint(encoder, 0);
  });
}

/** The update of somebody typing once. */
function typed(text: string, clientID = 4711): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  doc.getText("content").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

const vector = (entries: number) =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, entries);
    for (let i = 0; i < 2 * entries; i++) encoding.writeVarUint(encoder, i + 1);
  });

const over: [string, Uint8Array, number, string][] = [
  ["a frame", new Uint8Array(400_001), 4413, "the frame is too large"],
  [
    "a frame of an editor",
    syncFrame(sync.update, new Uint8Array(500_000 + 64 * 1024)),
    4413,
    "the frame is too large",
  ],
  ["an update of crumbs", syncFrame(sync.update, crumbs(2001)), 4413, "the update is too large"],
  ["a state vector", syncFrame(sync.step1, vector(101)), 4400, "the state vector has too many entries"],
];

describe("what is past its bound closes its sender for good, is recorded and counted, and nobody else notices", () => {
  it.each(over)("%s", async (_what, frame, code, reason) => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const before = await node.closes(code, reason);
    const { socket, closed } = await node.raw(documentId);
    socket.send(frame);
    expect(await closed).toEqual({ code, reason });
    // A frame that is too large is closed by the socket itself, before it can be recorded.
    await until(async () => (await node.entries(documentId, "document.edit-refused")).length > 0, "an entry");
    const [entry] = await node.entries(documentId, "document.edit-refused");
    expect(entry).toMatchObject({ actor_id: node.eve.userId, detail: { reason } });
    expect(await node.closes(code, reason)).toBe(before + 1);
    expect(await node.versions(documentId)).toHaveLength(0);
    await neighbours.noticedNothing();
  });

  it("and what is just within it is taken", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { socket, frames } = await node.raw(documentId);
    socket.send(syncFrame(sync.step1, vector(100)));
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    socket.send(syncFrame(sync.update, typed("x".repeat(290_000))));
    await until(
      async () => (await node.versions(documentId)).length === 1,
      "the large update to be a version",
    );
    await until(
      () => frames.some((frame) => frame[0] === 0 && frame[1] === 1),
      "an answer to the state vector",
    );
    expect(socket.readyState).toBe(socket.OPEN);
    await neighbours.noticedNothing();
  });
});

describe("a document", () => {
  it("that would grow past its limit stays at its last good version; the stock client stops, and others go on", async () => {
    const documentId = await node.document();
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    eve.text.insert(0, "x".repeat(280_000));
    await until(async () => (await node.versions(documentId)).length === 1, "the first half");
    const neighbours = await node.neighbours(documentId);
    const good = neighbours.pairs[0]![0].text.toString();
    eve.text.insert(0, "y".repeat(280_000));
    expect(await eve.closed()).toBe(4413);
    expect(eve.provider.shouldConnect).toBe(false);
    expect(await node.versions(documentId)).toHaveLength(1);
    const late = node.edit(documentId, node.ben);
    await late.synced();
    expect([late.text.toString(), neighbours.pairs[0]![1].text.toString()]).toEqual([good, good]);
    await neighbours.noticedNothing();
  });

  it("takes no clientIDs past its limit, and those that it has write on", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    await neighbours.noticedNothing();
    const { socket, closed } = await node.raw(documentId);
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    for (let i = 1; i <= 6; i++) socket.send(syncFrame(sync.update, typed("z", i)));
    expect(await closed).toEqual({ code: 4413, reason: "the document has too many clientIDs" });
    await until(async () => (await node.versions(documentId)).length === 6, "what came before it");
    await neighbours.noticedNothing();
  });
});

describe("messages that lead nowhere", () => {
  it("of unknown types are let pass a few times", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { socket, closed } = await node.raw(documentId);
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    for (let i = 0; i < 4; i++) socket.send(Uint8Array.of(77, i));
    socket.send(syncFrame(sync.update, typed("still heard")));
    await until(async () => (await node.versions(documentId)).length === 1, "the change behind them");
    socket.send(Uint8Array.of(message.auth, 0, 0));
    socket.send(Uint8Array.of(78));
    expect(await closed).toMatchObject({ code: 4400 });
    expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
    await neighbours.noticedNothing();
  });

  it("that build on what was never sent are asked for, never kept, and end in 4400", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { socket, closed, frames } = await node.raw(documentId);
    // The far future of a clientID whose beginning nobody has: Yjs would park it.
    const whole = new Y.Doc();
    whole.clientID = 4712;
    whole.getText("content").insert(0, "beginning ");
    const known = Y.encodeStateVector(whole);
    whole.getText("content").insert(10, "p".repeat(100_000));
    const future = Y.encodeStateAsUpdate(whole, known);
    for (let i = 0; i < 4; i++) socket.send(syncFrame(sync.step2, future));
    expect(await closed).toEqual({ code: 4400, reason: "the update builds on what was never sent" });
    expect(frames.filter((frame) => frame[0] === 0 && frame[1] === 0)).toHaveLength(4);
    const late = node.edit(documentId, node.ben);
    await late.synced();
    expect(late.doc.store.pendingStructs).toBeNull();
    expect(await node.versions(documentId)).toHaveLength(0);
    await neighbours.noticedNothing();
  });
});

describe("a poisoned document of a stock client", () => {
  it.each<[string, (benId: number) => Uint8Array]>([
    ["with structs in a colleague's name", (benId) => forgery(benId)],
    ["with an update that is no update", () => Uint8Array.of(1, 2, 3, 4, 5)],
  ])("%s ends in 4400: it does not come back, and nothing of it is there", async (_what, make) => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    await neighbours.noticedNothing();
    const versions = (await node.versions(documentId)).length;
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    const opened = (await node.entries(documentId, "document.opened")).length;
    let closes = 0;
    eve.provider.on("connection-close", () => closes++);
    eve.provider.ws?.send(syncFrame(sync.update, make(neighbours.pairs[0]![0].doc.clientID)));
    expect(await eve.closed()).toBe(4400);
    // What it would send again at each reconnect it sends no more: y-websocket stops by itself on 4400.
    expect([eve.provider.shouldConnect, closes]).toEqual([false, 1]);
    await neighbours.noticedNothing();
    expect(await node.entries(documentId, "document.opened")).toHaveLength(opened);
    expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
    expect((await node.versions(documentId)).length).toBe(versions + 1);
  });

  it("is refused again, once for each time that its user insists", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    await neighbours.noticedNothing();
    // A document in which Ben wrote what Ben never wrote: y-websocket would upload it at each sync.
    const doc = new Y.Doc();
    Y.applyUpdate(doc, forgery(neighbours.pairs[0]![0].doc.clientID));
    for (let i = 1; i <= 2; i++) {
      expect(await node.edit(documentId, node.eve, { doc }).closed()).toBe(4400);
      expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(i);
    }
    await neighbours.noticedNothing();
  });
});

/** The 12 bytes that would make a colleague's next edits look as if they were known: one GC struct of their clientID. */
function forgery(clientID: number): Uint8Array {
  return encoding.encode((encoder) => {
    for (const n of [1, 1, clientID, 0, 0, 1000, 0]) encoding.writeVarUint(encoder, n);
  });
}

import { message, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { addPerson, signedIn } from "@onrecord/testing/database";
import { addGrant, removeGrant } from "@onrecord/testing/documents";
import { type Editor, until } from "@onrecord/testing/editor";
import * as decoding from "lib0/decoding";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

const UPDATE_BYTES = 200_000;
const DOCUMENT_BYTES = 6_000_000;
let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({
    ONRECORD_MAX_FRAME_BYTES: "400000",
    ONRECORD_MAX_UPDATE_BYTES: String(UPDATE_BYTES),
    ONRECORD_MAX_UPDATE_STRUCTS: "2000",
    ONRECORD_MAX_DOCUMENT_BYTES: String(DOCUMENT_BYTES),
    ONRECORD_MAX_STAGED_BYTES: "8000000",
  });
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

/** What somebody wrote while the line was down: pieces of a text, each small enough by itself. */
function wrote(editor: Editor, pieces: number, piece = "0123456789😀𠵱 "): string {
  let written = "";
  for (let n = 0; n < pieces; n++) {
    const part = `<${n}>${piece.repeat(Math.ceil(150_000 / piece.length))}`;
    editor.text.insert(editor.text.length, part);
    written += part;
  }
  return written;
}

/** The update of a document whose clientID is this, with a text of so many bytes. */
function update(clientID: number, bytes: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  doc.getText("content").insert(0, "x".repeat(bytes));
  return Y.encodeStateAsUpdate(doc);
}

const bytesOf = async (documentId: string) => (await node.versions(documentId)).map(({ bytes }) => bytes);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const received = (frame: Buffer) => {
  const decoder = decoding.createDecoder(frame);
  decoding.readVarUint(decoder);
  return decoding.readVarUint(decoder);
};

describe("work that was done while the line was down", () => {
  it("is taken as changes of bounded size, all of them its author's, and colleagues work on meanwhile", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    eve.provider.disconnect();
    const before = (await node.versions(documentId)).length;
    const written = wrote(eve, 20);
    eve.provider.connect();
    const [ben] = neighbours.pairs[0]!;
    // Words of colleagues arrive between the parts, and not behind them.
    for (let n = 0; n < 5; n++) await neighbours.noticedNothing();
    await until(() => ben.text.toString().includes(written), "all of it to be at a colleague's");
    const versions = (await node.versions(documentId)).slice(before);
    const hers = versions.filter(({ author_id }) => author_id === node.eve.userId);
    expect(sum(hers.map(({ bytes }) => bytes))).toBeGreaterThan(3_000_000);
    expect(Math.max(...versions.map(({ bytes }) => bytes))).toBeLessThanOrEqual(UPDATE_BYTES);
    await neighbours.noticedNothing();
    await until(() => eve.text.toString() === ben.text.toString(), "everyone to have the same");
    const late = node.edit(documentId, node.ben);
    await late.synced();
    expect(late.text.toString()).toBe(ben.text.toString());
    expect(await node.entries(documentId, "document.edit-refused")).toEqual([]);
  });

  it("is taken also if it is many small things", async () => {
    const documentId = await node.document();
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    eve.provider.disconnect();
    for (let n = 0; n < 3000; n++) eve.text.insert(0, String(n % 10));
    for (let n = 0; n < 2000; n++) eve.text.delete(n % 1000, 1);
    eve.provider.connect();
    const ben = node.edit(documentId, node.ben);
    await until(() => ben.text.length === 1000 && ben.text.toString() === eve.text.toString(), "all of it");
    const versions = await node.versions(documentId);
    expect(versions.length).toBeGreaterThan(1);
    expect(versions.every(({ author_id }) => author_id === node.eve.userId)).toBe(true);
  });

  it("past the document's limit ends in 4413, with what fitted kept", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    ben.text.insert(0, "here before ");
    wrote(ben, 5);
    await until(async () => sum(await bytesOf(documentId)) > 750_000, "what was there before");
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    eve.provider.disconnect();
    wrote(eve, 34);
    eve.provider.connect();
    expect(await eve.closed()).toBe(4413);
    expect(sum(await bytesOf(documentId))).toBeLessThanOrEqual(DOCUMENT_BYTES);
    const late = node.edit(documentId, node.ben);
    await late.synced();
    await until(() => late.text.toString() === ben.text.toString(), "the same for everyone");
  });
});

describe("a large message", () => {
  it("is acknowledged once, when all of it is durable", async () => {
    const documentId = await node.document();
    const { socket, frames } = await node.raw(documentId, { ack: true });
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    socket.send(syncFrame(sync.update, update(77, 1_000_000)));
    const acks = () => frames.filter(([type]) => type === message.ack);
    await until(() => acks().some((frame) => received(frame) === 2), "the acknowledgement");
    expect(acks().map(received)).toEqual([1, 2]);
    expect(sum(await bytesOf(documentId))).toBeGreaterThan(1_000_000);
    expect((await bytesOf(documentId)).length).toBeGreaterThan(4);
  });

  it("that carries several people's work is judged as such in each part", async () => {
    const documentId = await node.document();
    const { socket } = await node.raw(documentId);
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    const both = Y.mergeUpdates([update(81, 300_000), update(82, 300_000)]);
    socket.send(syncFrame(sync.update, both));
    await until(async () => sum(await bytesOf(documentId)) > 600_000, "both");
    // Nobody is known to have typed any of it.
    expect((await node.versions(documentId)).every(({ author_id }) => author_id === null)).toBe(true);
  });

  it("in another's name is refused at the part that is, and closes for good", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    await neighbours.noticedNothing();
    const ben = neighbours.pairs[0]![0].doc.clientID;
    const { socket, closed } = await node.raw(documentId);
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    socket.send(syncFrame(sync.update, update(ben, 900_000)));
    expect(await closed).toEqual({ code: 4400, reason: "the update writes in the name of another user" });
    expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
    await neighbours.noticedNothing();
  });

  it("that is malformed further on is refused, recorded, and harms nobody", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { socket, closed } = await node.raw(documentId);
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    socket.send(syncFrame(sync.update, update(83, 900_000).subarray(0, 800_000)));
    expect(await closed).toEqual({ code: 4400, reason: "the update is malformed" });
    expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
    await neighbours.noticedNothing();
  });

  it("with one thing in it that no change may be as large as is refused as before", async () => {
    const documentId = await node.document();
    const { socket, closed } = await node.raw(documentId);
    const doc = new Y.Doc();
    doc.getMap("map").set("blob", "x".repeat(UPDATE_BYTES + 1));
    socket.send(syncFrame(sync.update, Y.encodeStateAsUpdate(doc)));
    expect(await closed).toEqual({ code: 4413, reason: "the update is too large" });
  });

  it("is not even read of somebody who may not edit", async () => {
    const documentId = await node.document();
    const viewer = await signedIn(node.context.db, await addPerson(node.context.db, { name: "Vera" }));
    await addGrant(node.context, documentId, viewer.userId, "VIEW");
    const neighbours = await node.neighbours(documentId);
    const { socket, closed } = await node.raw(documentId, { token: viewer.token });
    socket.send(syncFrame(sync.update, update(84, 1_000_000)));
    expect(await closed).toEqual({ code: 4413, reason: "the frame is too large" });
    await until(async () => (await node.entries(documentId, "document.edit-refused")).length > 0, "an entry");
    expect(await node.entries(documentId, "document.edit-refused")).toMatchObject([
      { actor_id: viewer.userId, detail: { bytes: null } },
    ]);
    await neighbours.noticedNothing();
  });

  it("whose sender's right ends half-way keeps what was kept, and the rest is refused on the record", async () => {
    const documentId = await node.document();
    const vic = await signedIn(node.context.db, await addPerson(node.context.db, { name: "Vic" }));
    const grant = await addGrant(node.context, documentId, vic.userId, "EDIT");
    const ben = node.edit(documentId, node.ben);
    const { socket, closed } = await node.raw(documentId, { token: vic.token });
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    let removed: Promise<unknown> | undefined;
    ben.doc.on("update", () => {
      removed ??= removeGrant(node.context.db, grant);
    });
    await ben.synced();
    socket.send(syncFrame(sync.update, update(85, 5_000_000)));
    expect((await closed).code).toBe(4403);
    await removed;
    await until(async () => (await node.entries(documentId, "document.edit-refused")).length > 0, "an entry");
    const kept = sum(await bytesOf(documentId));
    expect(kept).toBeGreaterThan(100_000);
    expect(kept).toBeLessThan(5_000_000);
    const late = node.edit(documentId, node.ben);
    await late.synced();
    await until(() => late.text.length === ben.text.length, "the same for everyone");
  });

  it("is committed also if its sender leaves when it has been sent", async () => {
    const documentId = await node.document();
    const { socket } = await node.raw(documentId);
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    socket.send(syncFrame(sync.update, update(86, 2_000_000)));
    await until(async () => (await bytesOf(documentId)).length > 0, "the first part");
    socket.terminate();
    await until(async () => sum(await bytesOf(documentId)) > 2_000_000, "the last part");
  });
});

describe("a connection whose room is given up", () => {
  it("is settled for good, also where a message in parts ends only afterwards", async () => {
    const documentId = await node.document();
    await node.raw(documentId);
    const here = () => [...node.collab.rights.connections].find((each) => each.documentId === documentId);
    await until(() => here() !== undefined, "the connection");
    const connection = here()!;
    for (let part = 0; part < 2; part++) connection.ahead();
    connection.abandoned();
    connection.settled();
    // Otherwise its right would be held for ever.
    let told = false;
    connection.whenSettled(() => {
      told = true;
    });
    expect(told).toBe(true);
  });
});

describe("large messages of all together", () => {
  it("have one budget: who holds most gives way with 1013, and comes in when there is room", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const hogs = await Promise.all([1, 2].map(() => node.raw(documentId)));
    /** The beginning of a message of 5 MB, and no end. */
    for (const { socket } of hogs) {
      const { stream } = Object.assign({ stream: Reflect.get(socket, "_socket") });
      const head = Buffer.alloc(14);
      head[0] = 0x82;
      head[1] = 0xff;
      head.writeBigUInt64BE(5_000_000n, 2);
      stream.write(head);
      stream.write(Buffer.alloc(4_500_000));
    }
    expect(await Promise.race(hogs.map(({ closed }) => closed))).toEqual({
      code: 1013,
      reason: "too much is coming in: try again later",
    });
    // Beside the one that is left, others find room; and nobody is locked out by it.
    const ben = node.edit(documentId, node.ben);
    await ben.synced();
    ben.provider.disconnect();
    const written = wrote(ben, 25);
    ben.provider.connect();
    const [colleague] = neighbours.pairs[0]!;
    await until(() => colleague.text.toString().includes(written), "Ben's work");
    expect(hogs.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length).toBeLessThan(2);
    await neighbours.noticedNothing();
  });
});

import { once } from "node:events";
import { connect } from "node:net";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BoundedNode } from "../testing/bounded-node.js";

const CHUNK = 64 * 1024;
let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({
    ONRECORD_MAX_CONNECTIONS_PER_DOCUMENT: "5",
    ONRECORD_MAX_CONNECTIONS_PER_USER: "8",
    ONRECORD_MAX_ROOMS: "5",
    ONRECORD_MAX_ADMISSIONS: "6",
    ONRECORD_MAX_ADMISSION_SECONDS: "2",
  });
});
afterEach(async () => {
  node.leave();
  await until(() => node.collab.rights.connections.size === 0, "everyone to leave");
});
afterAll(() => node?.[Symbol.asyncDispose]());

const connections = (documentId: string) => node.collab.rooms.get(documentId)?.connections.size ?? 0;

/** Holds up everybody who wants to be let in: nobody's session can be read. */
async function sessionsLocked(): Promise<AsyncDisposable> {
  const client = node.context.db.dedicated("gate");
  await client.connect();
  await client.query("begin");
  await client.query("lock table identity.session in access exclusive mode");
  return { [Symbol.asyncDispose]: () => client.end() };
}

describe("a node full of connections", () => {
  it("takes as many to one document as it may, also when all come at once, and lets the rest come later", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const crowd = await Promise.all(Array.from({ length: 6 }, () => node.raw(documentId)));
    const isClosed = ({ socket }: (typeof crowd)[0]) => socket.readyState === socket.CLOSED;
    await until(() => crowd.filter(isClosed).length === 3, "three to be turned away");
    for (const { closed } of crowd.filter(isClosed))
      expect(await closed).toEqual({ code: 1013, reason: "too many connections" });
    expect(connections(documentId)).toBe(5);
    await neighbours.noticedNothing();
    // y-websocket tries again by itself: a place that is free is taken.
    const patient = node.edit(documentId, node.eve);
    await until(
      async () => (await node.closes(1013, "too many connections")) > 3,
      "it to be turned away too",
    );
    for (const { socket } of crowd) socket.close();
    await patient.synced();
    await neighbours.noticedNothing();
  });

  it("takes as many of one user as it may, and others as before", async () => {
    const documentIds = [await node.document(), await node.document(), await node.document()];
    const neighbours = await node.neighbours(documentIds[0]!);
    for (let i = 0; i < 8; i++) {
      await node.raw(documentIds[1 + (i % 2)]!);
      await until(() => connections(documentIds[1]!) + connections(documentIds[2]!) === i + 1, "one more");
    }
    const { closed } = await node.raw(documentIds[0]!);
    expect(await closed).toEqual({ code: 1013, reason: "too many connections" });
    await neighbours.noticedNothing();
  });
});

describe("a node full of documents", () => {
  it("lets another one be opened later, and sooner where one is open in which nobody is", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const open = await Promise.all([1, 2, 3].map(async () => node.edit(await node.document(), node.eve)));
    await Promise.all(open.map((editor) => editor.synced()));
    const reason = "This node holds as many documents open as it may.";
    const another = await node.document();
    const { closed } = await node.raw(another);
    expect(await closed).toEqual({ code: 1013, reason });
    const patient = node.edit(another, node.eve);
    await until(async () => (await node.closes(1013, reason)) > 1, "it to be turned away too");
    open[0]![Symbol.dispose]();
    // It would stay warm for ten seconds, were nobody waiting.
    await patient.synced();
    expect(node.collab.rooms.size).toBe(5);
    await neighbours.noticedNothing();
  });
});

describe("sockets of nobody yet", () => {
  it("may wait so many and so long, whatever they send; those who are in notice nothing", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const gate = await sessionsLocked();
    const waiting = await Promise.all(Array.from({ length: 6 }, () => node.raw(documentId)));
    const { closed } = await node.raw(documentId);
    expect(await closed).toEqual({ code: 1013, reason: "too many are coming in: try again later" });
    await neighbours.noticedNothing();
    const chatter = setInterval(() => {
      for (const { socket } of waiting)
        if (socket.readyState === socket.OPEN) socket.send(new Uint8Array(100));
    }, 20);
    for (const { closed } of waiting)
      expect(await closed).toEqual({ code: 1013, reason: "this takes too long: try again later" });
    clearInterval(chatter);
    await neighbours.noticedNothing();
    await gate[Symbol.asyncDispose]();
    const late = node.edit(documentId, node.eve);
    await late.synced();
    expect(connections(documentId)).toBe(3);
  });

  it("that were turned away and go on sending are cut off", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { hostname, port } = new URL(node.url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(
      `GET /collab/${documentId}?token=${"forged-".repeat(6)} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    await until(async () => (await node.closes(4401, "sign in first")) > 0, "it to be turned away");
    // The beginning of a frame of 15 MiB that never ends; the server would have to keep it.
    socket.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0xf0, 0, 0, 1, 2, 3, 4]));
    let taken = 0;
    while (!socket.destroyed) {
      if (socket.write(Buffer.alloc(CHUNK))) taken += CHUNK;
      else await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), gone]);
      if (taken > 100 * 1024 * 1024) break;
    }
    await gone;
    expect(taken).toBeLessThan(15 * 1024 * 1024);
    await neighbours.noticedNothing();
  });
});

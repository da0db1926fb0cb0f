import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BoundedNode } from "../testing/bounded-node.js";
import { StuckLine } from "../testing/stuck-line.js";

const QUEUE = 200_000;
let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({ ONRECORD_MAX_QUEUE_BYTES: String(QUEUE) });
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

const closes = () => node.closes(4503, "too slow: reconnect for what is missing");

describe("a client that stops reading", () => {
  it("costs its bounded queue, is closed with 4503, and has the exact text when it comes back", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const [a, b] = neighbours.pairs[0]!;
    await using line = await StuckLine.to(node.url);
    const reader = node.edit(documentId, node.eve, { url: line.url });
    await reader.synced();
    let losses = 0;
    reader.provider.on("connection-close", () => losses++);
    const connection = [...node.collab.rooms.get(documentId)!.connections].find(
      ({ principal }) => principal.userId === node.eve.userId,
    )!;
    line.stick();
    const before = await closes();
    let most = 0;
    const words = "0123456789".repeat(2000);
    while ((await closes()) === before) {
      a.text.insert(0, words);
      if (a.text.length > 400_000) a.text.delete(0, 390_000);
      await until(() => b.text.length === a.text.length, "the neighbour to keep up");
      most = Math.max(most, connection.socket.stream.writableLength);
    }
    // One frame more than the bound may have been queued when it was looked at.
    expect(most).toBeLessThan(QUEUE + 2 * words.length + 20_000);
    await neighbours.noticedNothing();
    // y-websocket comes back by itself, once it hears that it was cut off.
    line.free();
    await until(() => losses > 0 && reader.provider.synced, "the reader to be back in step");
    await until(() => reader.text.toString() === a.text.toString(), "the exact text");
  });

  it("and asks for the whole document again and again is closed too", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const [a, b] = neighbours.pairs[0]!;
    a.text.insert(0, "y".repeat(900_000));
    await until(() => b.text.length === 900_000, "a document much larger than a queue");
    const before = await closes();
    const { socket } = await node.raw(documentId);
    socket.pause();
    let most = 0;
    const others = new Set(node.collab.rooms.get(documentId)!.connections);
    while ((await closes()) === before) {
      socket.send(syncFrame(sync.step1, Uint8Array.of(0)));
      const room = node.collab.rooms.get(documentId)!;
      for (const connection of room.connections)
        if (!others.has(connection) && connection.principal.userId === node.eve.userId)
          most = Math.max(most, connection.socket.stream.writableLength);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The queue, the answer that is not held against it, and the one that went past the bound.
    expect(most).toBeLessThan(QUEUE + 2 * 900_100);
    await neighbours.noticedNothing();
  });
});

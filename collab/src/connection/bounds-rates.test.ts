import { decodeMessage, message, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

/** What one read of a socket brings at most: it is handled before a pause can take hold. */
const CHUNK = 64 * 1024;
let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({
    ONRECORD_MAX_CHANGES_PER_SECOND: "100",
    ONRECORD_MAX_BYTES_PER_SECOND: "1000000",
  });
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

/** The updates of somebody who types so often, so much. */
function typing(times: number, text: string): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (let i = 0; i < times; i++) doc.getText("content").insert(0, text);
  return updates;
}

const isStep2 = (frame: Buffer) => frame[0] === message.sync && frame[1] === sync.step2;
const isAck = (frame: Buffer) => frame[0] === message.ack;

describe("a client that sends too fast", () => {
  it.each([
    ["messages", 300, "m".repeat(2000), (300 - 100 - CHUNK / 2000) / 100],
    ["bytes", 30, "b".repeat(100_000), (3_000_000 - 1_000_000 - 2 * 100_000) / 1_000_000],
  ])(
    "in %s waits in its own socket, loses nothing, and still hears its colleagues",
    async (_what, times, text, atLeast) => {
      const documentId = await node.document();
      const neighbours = await node.neighbours(documentId);
      const { socket, frames } = await node.raw(documentId);
      socket.send(syncFrame(sync.step1, Uint8Array.of(0)));
      socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
      await until(() => frames.some(isStep2), "the flooder to be let in");
      const begun = performance.now();
      for (const update of typing(times, text)) socket.send(syncFrame(sync.update, update));
      await until(() => node.collab.rooms.get(documentId)!.version > 0, "the flood to begin");
      const heard = frames.length;
      await neighbours.noticedNothing();
      await until(() => frames.length > heard, "a colleague's change to reach the flooder");
      await until(async () => (await node.versions(documentId)).length === times + 1, "all of the flood");
      // That its first part was committed meanwhile did not let it on before its time. A bound from below: a slow machine takes longer.
      expect((performance.now() - begun) / 1000).toBeGreaterThan(atLeast);
      expect(await node.counted("onrecord_collab_paused_total", { cause: "rate" })).toBeGreaterThan(0);
      expect(socket.readyState).toBe(socket.OPEN);
      await neighbours.noticedNothing();
    },
  );

  it("asks for the document again and again, and is answered once at once and once for all the rest", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    await neighbours.noticedNothing();
    const { socket, frames } = await node.raw(documentId, { ack: true });
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    for (let i = 0; i < 80; i++) {
      socket.send(syncFrame(sync.step1, Uint8Array.of(0)));
      socket.send(Uint8Array.of(message.queryAwareness));
    }
    const [update] = typing(1, "after all that");
    socket.send(syncFrame(sync.update, update!));
    await until(() => frames.filter(isAck).length === 2, "the change behind them to be acknowledged");
    expect(frames.filter(isStep2)).toHaveLength(1);
    await until(() => frames.filter(isStep2).length === 2, "the second answer");
    // The answer is of the time when it is given: what came meanwhile is in it, or right behind it.
    await until(
      () => textOf(frames.slice(frames.findLastIndex(isStep2))).includes("after all that"),
      "what came meanwhile",
    );
    await neighbours.noticedNothing();
  });
});

function textOf(frames: readonly Buffer[]): string {
  const doc = new Y.Doc();
  for (const frame of frames) {
    const decoded = decodeMessage(frame);
    if (decoded.type === "change") Y.applyUpdate(doc, decoded.update);
  }
  return doc.getText("content").toString();
}

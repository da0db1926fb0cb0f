import { closeReasons, message, readAck, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { History } from "@onrecord/history/store/history";
import { until } from "@onrecord/testing/editor";
import * as decoding from "lib0/decoding";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;
let history: History;
beforeAll(async () => {
  node = await BoundedNode.open({});
  history = new History(node.context);
});
afterAll(() => node?.[Symbol.asyncDispose]());

/** Ben, whose editor asks to be told what is durable: how many of his messages are. */
class Ben {
  readonly doc = new Y.Doc();
  sent = 0;
  durable = 0;

  constructor(private readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => this.#receive(data));
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== "server") this.#send(syncFrame(sync.update, update));
    });
    socket.send(syncFrame(sync.step1, Y.encodeStateVector(this.doc)));
  }

  get text(): Y.Text {
    return this.doc.getText("content");
  }

  #send(frame: Uint8Array): void {
    this.sent++;
    this.socket.send(frame);
  }

  #receive(data: Buffer): void {
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === message.ack) this.durable = readAck(decoder).received;
    if (type !== message.sync) return;
    const step = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (step === sync.step1) this.#send(syncFrame(sync.step2, Y.encodeStateAsUpdate(this.doc, bytes)));
    else Y.applyUpdate(this.doc, bytes, "server");
  }
}

const recorded = async (documentId: string) =>
  (await history.load(documentId)).doc.getText("content").toString();

describe("what somebody deletes whose change is then refused, and somebody else deletes too", () => {
  it.each([
    ["as a part of what they delete", 1, 3, "aefgh"],
    ["and nothing else", 2, 1, "abdefgh"],
  ])("%s, is deleted, and called durable when it is", async (_how, at, length, left) => {
    const documentId = await node.document();
    const eve = node.edit(documentId, node.eve);
    await eve.synced();
    eve.text.insert(0, "abcdefgh");
    const { socket } = await node.raw(documentId, { token: node.ben.token, ack: true });
    const ben = new Ben(socket);
    await until(() => ben.text.toString() === "abcdefgh", "Ben to have it");
    const room = node.collab.rooms.get(documentId)!;
    const connectionOf = (userId: string) =>
      [...room.connections].find(({ principal }) => principal.userId === userId)!;
    const outstanding = (userId: string, count: number) =>
      until(() => connectionOf(userId).outstanding === count, `${count} changes to have come`);
    await node.context.db.transaction(async (tx) => {
      // Commits wait for this row: the two that may be under way, and behind them what else comes.
      await tx.query("select from documents.head where document_id = $1 for update", [documentId]);
      for (const [index, letter] of ["x", "y"].entries()) {
        ben.text.insert(ben.text.length, letter);
        await outstanding(node.ben.userId, index + 1);
      }
      eve.text.delete(2, 1);
      await outstanding(node.eve.userId, 1);
      // The room has to have taken hers in before his comes.
      room.wouldChange(Uint8Array.of(0, 0));
      ben.text.delete(at, length);
      await until(() => connectionOf(node.ben.userId).received === ben.sent, "Ben's to have come");
      room.wouldChange(Uint8Array.of(0, 0));
      // As a right is lost.
      connectionOf(node.eve.userId).close(closeReasons.accessRemoved);
    });
    await until(() => ben.durable === ben.sent, "Ben to be told that all is durable");
    expect(ben.text.toString()).toBe(`${left}xy`);
    expect(await recorded(documentId)).toBe(`${left}xy`);
    const refused = () => node.entries(documentId, "document.edit-refused");
    await until(async () => (await refused()).length === 1, "Eve's to be on the record as refused");
  });
});

import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { newId } from "@onrecord/core/ids";
import { Edits } from "@onrecord/history/edit/edits";
import { History } from "@onrecord/history/store/history";
import { bySystem } from "@onrecord/ledger/ledger";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({});
});

afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

afterEach(() => node.leave());

async function checkpoints(documentId: string): Promise<number[]> {
  const rows = await node.context.db.query<{ version: number }>(
    "select version from documents.checkpoint where document_id = $1 order by version",
    [documentId],
  );
  return rows.map(({ version }) => version);
}

describe("a document that goes to rest", () => {
  it("is stored where it is what its record says", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    await ben.synced();
    ben.text.insert(0, "as it was written");
    await until(async () => (await checkpoints(documentId)).length === 1, "the state to be stored");
    expect(await checkpoints(documentId)).toEqual([1]);
    expect(await node.entries(documentId, "document.diverged")).toEqual([]);
    expect(ben.provider.wsconnected).toBe(true);
  });

  it("is given up where it is not, on the record, and its editors come back to what the record says", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    await ben.synced();
    let losses = 0;
    ben.provider.on("connection-close", () => losses++);
    ben.text.insert(0, "written");
    await until(async () => (await node.versions(documentId)).length === 1, "the text to be committed");
    const room = node.collab.rooms.get(documentId);
    // As a fault of the machine or of ours would: what nobody sent, and nothing has committed.
    room?.content.doc.getText("content").insert(0, "never ");
    const misled = node.edit(documentId, node.eve);
    await until(() => misled.text.toString() === "never written", "the fault to show itself");
    misled[Symbol.dispose]();
    await until(
      async () => (await node.entries(documentId, "document.diverged")).length === 1,
      "the divergence to be on the record",
    );
    expect(await node.entries(documentId, "document.diverged")).toMatchObject([
      { actor_id: null, detail: { version: 1, what: "STATE" } },
    ]);
    // An alert rests on it.
    expect(await node.counted("onrecord_state_checks_total", { outcome: "state" })).toBe(1);
    expect(await node.counted("onrecord_state_checks_total", { outcome: "same" })).toBeGreaterThan(0);
    expect(await checkpoints(documentId)).toEqual([]);
    await until(() => losses === 1 && ben.provider.wsconnected, "the editor to come back");
    expect(node.collab.rooms.get(documentId)).not.toBe(room);
    ben.text.insert(7, " here");
    const late = node.edit(documentId, node.eve);
    await until(() => late.text.toString() === "written here", "a newcomer to see what the record says");
    expect(ben.text.toString()).toBe("written here");
  });

  it("is opened and stored anew where somebody has stored what is none", async () => {
    const documentId = await node.document();
    const history = new History(node.context);
    const change = () => {
      const doc = new Y.Doc();
      doc.getText("content").insert(0, "kept");
      return Y.encodeStateAsUpdate(doc);
    };
    await new Edits(node.context, history).commit({
      documentId,
      by: bySystem(newId()),
      action: "document.imported",
      change,
    });
    const junk = [documentId, Buffer.alloc(64)];
    await node.context.db.query("select documents.keep_checkpoint($1, 1, $2, 1)", junk);
    const ben = node.edit(documentId, node.ben);
    await until(() => ben.text.toString() === "kept", "the text to be there");
    await until(
      async () => (await node.entries(documentId, "document.state-unusable")).length === 1,
      "that to be on the record",
    );
    ben.text.insert(0, "well ");
    await until(async () => (await checkpoints(documentId)).join() === "2", "the next state to replace it");
    expect(await node.entries(documentId, "document.diverged")).toEqual([]);
  });

  it("is held against its record once for what was committed, not again while nobody writes", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    await ben.synced();
    ben.text.insert(0, "once");
    await until(async () => (await checkpoints(documentId)).length === 1, "the state to be stored");
    const room = node.collab.rooms.get(documentId)!;
    room.content.doc.getText("content").insert(0, "unseen ");
    room.check();
    expect(await node.entries(documentId, "document.diverged")).toEqual([]);
    // The next commit is looked at together with it.
    ben.text.insert(0, "then ");
    await until(async () => (await node.versions(documentId)).length === 2, "the next to be committed");
    await until(() => room.idle, "the room to be idle");
    room.check();
    await until(
      async () => (await node.entries(documentId, "document.diverged")).length === 1,
      "the divergence to be on the record",
    );
    expect(await checkpoints(documentId)).toEqual([1]);
  });

  it("whose order an editor has left open by a lie is not stored: its versions come back as they were followed", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    await ben.synced();
    const { socket } = await node.raw(documentId);
    const send = (hex: string) =>
      socket.send(syncFrame(sync.update, Buffer.from(hex.replaceAll(" ", ""), "hex")));
    const shows = (text: string) => until(() => ben.text.toString() === text, `"${text}" to arrive`);
    send("01 01 0900 04 0107636f6e74656e74 03616263 00");
    await shows("abc");
    // Of one who does not know the "c" yet.
    send("01 01 0500 84 0901 0175 00");
    await shows("abuc");
    // Between "a" and "u": it knows what stands right of "b", and denies the "b".
    send("01 01 1400 c4 0900 0500 0176 00");
    await shows("abvuc");
    await until(
      async () => (await node.entries(documentId, "document.diverged")).length === 1,
      "the open order to be on the record",
    );
    expect(await node.entries(documentId, "document.diverged")).toMatchObject([
      { actor_id: null, detail: { version: 3, what: "ORDER" } },
    ]);
    expect(await checkpoints(documentId)).toEqual([]);
    expect(ben.provider.wsconnected).toBe(true);
    const { doc } = await new History(node.context).load(documentId);
    expect(doc.getText("content").toString()).toBe("abvuc");
  });
});

import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
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
    expect(await checkpoints(documentId)).toEqual([]);
    await until(() => losses === 1 && ben.provider.wsconnected, "the editor to come back");
    expect(node.collab.rooms.get(documentId)).not.toBe(room);
    ben.text.insert(7, " here");
    const late = node.edit(documentId, node.eve);
    await until(() => late.text.toString() === "written here", "a newcomer to see what the record says");
    expect(ben.text.toString()).toBe("written here");
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
});

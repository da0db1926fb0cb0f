import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { BoundedNode, type RawSocket } from "../testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({});
});

afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

afterEach(() => node.leave());

it("what is refused is told to nobody who joins while it is in the document and an earlier commit is under way", async () => {
  const documentId = await node.document();
  const ben = node.edit(documentId, node.ben);
  await ben.synced();
  const room = node.collab.rooms.get(documentId)!;
  const arrived = async (open: () => Promise<RawSocket>) => {
    const known = new Set(room.connections);
    const { frames } = await open();
    await until(() => frames.length > 0, "it to be let in");
    const connection = [...room.connections].find((other) => !known.has(other))!;
    return { frames, connection };
  };
  const eve = await arrived(() => node.raw(documentId));
  const joiner = await arrived(() => node.raw(documentId, { token: node.ben.token }));
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const lock = node.context.db.transaction(async (tx) => {
    await tx.query("select from documents.head where document_id = $1 for update", [documentId]);
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  ben.text.insert(0, "on its way");
  // The statement waits for the lock: the change is neither waiting nor committed.
  await until(
    async () =>
      (
        await node.context.db.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      ).length > 0,
    "the commit to be under way",
  );
  const before = joiner.frames.length;
  // Three characters as one map's value, which Yjs takes and which must not stay.
  const refused = Buffer.from("01010500240107636f6e74656e7401610378797a00", "hex");
  room.receive(eve.connection, refused, "update", () => undefined);
  // It has something already, so that its answer is made of the document as it is now.
  room.join(joiner.connection, Uint8Array.of(1, 9, 1));
  held.resolve();
  await lock;
  await until(() => joiner.frames.length > before, "the answer to who joined");
  await until(() => room.idle, "the room to be whole again");
  const told = Buffer.concat(joiner.frames).toString("latin1");
  expect(told).toContain("on its way");
  expect(told).not.toContain("xyz");
});

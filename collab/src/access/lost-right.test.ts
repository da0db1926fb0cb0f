import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { createLogger } from "@onrecord/core/log";
import { removeGrant } from "@onrecord/policy/testing/grants";
import { Database } from "@onrecord/postgres/database";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

const CHANGES = 300;

let node: BoundedNode;
let owner: Database;
beforeAll(async () => {
  node = await BoundedNode.open({});
  owner = new Database(node.context.env.DATABASE_ADMIN_URL, { log: createLogger("silent"), max: 4 });
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
  await node?.[Symbol.asyncDispose]();
});

/** Whether a statement that calls this waits for a lock. */
async function waits(called: string): Promise<boolean> {
  const found = await owner.query(
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1",
    [`%${called}%`],
  );
  return found.length > 0;
}

describe("whoever loses the right while they type fast", () => {
  it("has each change that waited kept or refused, and the refusals are an entry or two and not hundreds", async () => {
    const documentId = await node.document();
    const { socket, closed } = await node.raw(documentId);
    const doc = new Y.Doc();
    const said: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => said.push(update));
    for (let i = 0; i < CHANGES; i++) doc.getText("content").insert(i, "x");
    const room = () => node.collab.rooms.get(documentId);
    await until(() => room() !== undefined, "the room");
    let revoked: Promise<unknown> | undefined;
    await owner.transaction(async (tx) => {
      // Commits wait for this row, and what comes meanwhile for them.
      await tx.query("select from documents.head where document_id = $1 for update", [documentId]);
      socket.send(syncFrame(sync.update, said[0]!));
      await until(() => waits("commit_live"), "the first to be under way");
      for (const update of said.slice(1)) socket.send(syncFrame(sync.update, update));
      await until(() => [...room()!.connections][0]!.outstanding === CHANGES, "all to have come");
      revoked = owner.transaction(async (change) => {
        const [grant] = await change.query<{ id: string }>(
          "select id from permissions.grant where resource_id = $1 and principal_id = $2",
          [documentId, node.eve.userId],
        );
        await removeGrant(change, grant!.id);
      });
      await until(() => waits("conclude"), "the revocation to wait for the commit under way");
    });
    await revoked;
    expect((await closed).code).toBe(4403);
    // Those that were on their way to the database before the revocation are kept; it may be all of them.
    const kept = async () => (await node.versions(documentId)).length;
    const refused = async () => {
      const entries = await node.entries(documentId, "document.edit-refused");
      return entries.map(({ detail }) => (detail as { changes?: number }).changes ?? 1);
    };
    const told = async () => (await kept()) + (await refused()).reduce((sum, changes) => sum + changes, 0);
    await until(async () => (await told()) >= CHANGES, "all to be kept or refused");
    expect(await told()).toBe(CHANGES);
    // What was under way to the database comes back from there, after what waited here has been refused.
    expect((await refused()).length).toBeLessThanOrEqual(2);
    expect(await kept()).toBeGreaterThan(0);
  });
});

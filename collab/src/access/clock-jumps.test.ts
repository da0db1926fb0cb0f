import { DatabaseClock } from "@onrecord/policy/database-clock";
import { addGrant } from "@onrecord/testing/documents";
import { type Editor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  node.leave();
});
afterAll(() => node?.[Symbol.asyncDispose]());

const HOUR = 3_600_000;
/** This process finds another time on the wall; timers run on. */
const jump = (hours: number) =>
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * HOUR, shouldAdvanceTime: false });

/** Waits until the node has looked at what it must look at regularly, some times. */
async function looks(): Promise<void> {
  const readings = vi.spyOn(DatabaseClock.prototype, "set");
  await until(() => readings.mock.calls.length >= 4, "the node to look");
}

/** Two editors, and what becomes of their sockets. */
async function pair() {
  const documentId = await node.document();
  const [eve, ben] = [node.edit(documentId, node.eve), node.edit(documentId, node.ben)];
  await Promise.all([eve.synced(), ben.synced()]);
  const closes: number[] = [];
  for (const { provider } of [eve, ben])
    provider.on("connection-close", (event: CloseEvent | null) => void closes.push(event?.code ?? 0));
  return { documentId, eve, ben, closes };
}

async function says(from: Editor, to: Editor, word: string): Promise<void> {
  from.text.insert(0, word);
  await until(() => to.text.toString().includes(word), `"${word}" to arrive`);
}

describe("a clock that jumps", () => {
  it.each([13, 24 * 400, -13])("by %d hours closes nobody, and keeps nobody out", async (hours) => {
    const { documentId, eve, ben, closes } = await pair();
    jump(hours);
    await says(eve, ben, "<just then>");
    await looks();
    await says(ben, eve, "<later>");
    const late = node.edit(documentId, node.ben);
    await late.synced();
    await says(late, eve, "<newcomer>");
    expect(closes).toEqual([]);
    expect(await node.entries(documentId, "document.edit-refused")).toEqual([]);
  });

  it("back does not prolong what ends by the database's", async () => {
    const { documentId, eve, ben } = await pair();
    jump(-1000);
    await node.context.db.query(
      "update identity.session set expires_at = clock_timestamp() + interval '1 second' where id = $1",
      [node.eve.sessionId],
    );
    expect(await eve.closed()).toBe(4401);
    await node.context.db.query(
      "update identity.session set expires_at = clock_timestamp() + interval '12 hours' where id = $1",
      [node.eve.sessionId],
    );
    await says(ben, node.edit(documentId, node.ben), "<goes on>");
  });

  it("in the database and back: whether a right has ended is asked again before anything is refused", async () => {
    const { documentId, eve, ben, closes } = await pair();
    const asked = vi.spyOn(node.context.rights, "renew");
    node.context.rights.clock.set(new Date(Date.now() + 13 * HOUR), performance.now());
    await says(eve, ben, "<in between>");
    expect(asked).toHaveBeenCalled();
    expect(closes).toEqual([]);
    expect(await node.entries(documentId, "document.edit-refused")).toEqual([]);
  });

  it("is no way round a grant that has ended: what came too late is refused, recorded, and kept by nobody", async () => {
    const { documentId, eve, ben } = await pair();
    await addGrant(node.context, documentId, node.ben.userId, "EDIT");
    await says(eve, ben, "<in time>");
    const before = await node.versions(documentId);
    // The node has not looked yet.
    vi.spyOn(node.collab.rights, "isDoubtful").mockReturnValue(false);
    await node.context.db.query(`update identity.session set expires_at = clock_timestamp() where id = $1`, [
      node.eve.sessionId,
    ]);
    eve.text.insert(0, "<too late>");
    expect(await eve.closed()).toBe(4401);
    await until(
      async () => (await node.entries(documentId, "document.edit-refused")).length === 1,
      "the refusal on the record",
    );
    expect(await node.versions(documentId)).toEqual(before);
    expect(ben.text.toString()).toBe("<in time>");
    await node.context.db.query(
      "update identity.session set expires_at = clock_timestamp() + interval '12 hours' where id = $1",
      [node.eve.sessionId],
    );
  });
});

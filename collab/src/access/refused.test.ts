import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;
beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

/** Opens a socket and waits for its end; the code, and what was put on the record meanwhile. */
async function refused(path: string, headers: Record<string, string> = {}) {
  const [{ last } = { last: "" }] = await node.context.db.query<{ last: string }>(
    "select coalesce(max(id::text), '00000000-0000-0000-0000-000000000000') as last from audit.entry",
  );
  const socket = new WebSocket(`${node.url.replace("http", "ws")}/collab/${path}`, { headers });
  const code = await new Promise((resolve) => socket.once("close", resolve));
  const entries = await node.context.db.query(
    "select action, actor_id, object_id, detail from audit.entry where id > $1 order by id",
    [last],
  );
  return { code, entries };
}
const nobody = (reason: string) => [
  { action: "session.refused", actor_id: null, object_id: null, detail: { reason, door: "/collab" } },
];
const eve = (objectId: string | null, reason: string) => [
  {
    action: "access.denied",
    actor_id: node.eve.userId,
    object_id: objectId,
    detail: { permission: "view", reasons: [reason] },
  },
];

it("every socket that is turned away is on the record, with why", async () => {
  const documentId = await node.document();
  expect(await refused(documentId)).toEqual({ code: 4401, entries: nobody("missing") });
  expect(await refused(`${documentId}?token=${"forged".repeat(8)}`)).toEqual({
    code: 4401,
    entries: nobody("token"),
  });
  const cookie = `onrecord_session=${node.eve.token}`;
  expect(await refused(documentId, { cookie, origin: "https://evil.example" })).toEqual({
    code: 4401,
    entries: nobody("cross-site"),
  });
  const nothing = randomUUID();
  const { entries } = await refused(nothing, { cookie, origin: node.url });
  expect(entries).toEqual(eve(nothing, "unknown"));
  for (const malformed of ["no-id", "%00", documentId.toUpperCase()]) {
    const { entries } = await refused(malformed, { cookie, origin: node.url });
    expect(entries, malformed).toEqual(eve(null, "malformed-id"));
  }
});

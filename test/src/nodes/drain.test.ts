import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startNode } from "./nodes.js";
import { openRoaming } from "./roaming-editor.js";
import { readRecorded } from "./whole-history.js";

let context: TestContext;
let token: string;
let documentId: string;
beforeAll(async () => {
  context = await testContext();
  const user = await addPerson(context.db);
  ({ token } = await signedIn(context.db, user));
  documentId = await addDocument(context);
  await addGrant(context, documentId, user, "EDIT");
});
afterAll(() => context?.[Symbol.asyncDispose]());

const count = async (action: string) =>
  (
    await context.db.query("select from audit.entry where object_id = $1 and action = $2", [
      documentId,
      action,
    ])
  ).length;

describe("a node that drains", () => {
  it("keeps what it has received, sends everyone away with 1012, and records that they left", async () => {
    const node = await startNode(context);
    using opened = new DisposableStack();
    const editors = Array.from({ length: 9 }, () => opened.use(openRoaming([node.url], documentId, token)));
    await until(() => editors.every(({ provider }) => provider.synced), "everyone to be there");
    for (const { text } of editors) text.insert(0, "last words, ");
    await until(
      () => editors.every(({ durable, doc }) => (durable.get(doc.clientID) ?? 0) > 0),
      "everyone's to be durable",
    );
    for (const { text } of editors) text.insert(0, "and these, ");
    await node.collab.drain();
    await until(() => editors.every(({ closes }) => closes.length > 0), "everyone to be sent away");
    await node[Symbol.asyncDispose]();
    expect(new Set(editors.flatMap(({ closes }) => closes))).toEqual(new Set([1012]));
    const { clocks } = await readRecorded(context, documentId);
    for (const { durable } of editors)
      for (const [client, clock] of durable) expect(clocks.get(client)).toBeGreaterThanOrEqual(clock);
    expect(await count("document.closed")).toBe(await count("document.opened"));
  });

  it("also sends away whoever was just being let in", async () => {
    const node = await startNode(context);
    const url = `${node.url.replace("http", "ws")}/collab/${documentId}?token=${token}`;
    const sockets = Array.from({ length: 30 }, () => new WebSocket(url));
    const codes = sockets.map((socket) => new Promise<number>((resolve) => socket.once("close", resolve)));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("open", resolve))));
    await node.collab.drain();
    expect(new Set(await Promise.all(codes))).toEqual(new Set([1012]));
    await node[Symbol.asyncDispose]();
    expect(await count("document.closed")).toBe(await count("document.opened"));
  });
});

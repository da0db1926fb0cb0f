import { Door } from "@onrecord/platform/door";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Collab } from "./collab.js";
import { awarenessFrame, sync, syncFrame } from "./protocol.js";

let context: TestContext;
let door: Door;
let collab: Collab;
let url: string;
let ana: { token: string; userId: string };
const editors: Editor[] = [];

beforeAll(async () => {
  context = await testContext({
    ONRECORD_MAX_QUEUE_BYTES: "200000",
    ONRECORD_MAX_DOCUMENT_BYTES: "6000000",
    ONRECORD_MAX_CONNECTIONS_PER_DOCUMENT: "3",
    ONRECORD_MAX_AWARENESS_BYTES: "2000",
  });
  door = new Door(context.log);
  collab = new Collab(context);
  collab.hang(door);
  await collab.start();
  url = await door.listen(0, "127.0.0.1");
  ana = await signedIn(context.db, await addPerson(context.db, { name: "Ana Chan" }));
});

afterEach(() => {
  for (const editor of editors.splice(0)) editor[Symbol.dispose]();
});

afterAll(async () => {
  await collab?.drain();
  await collab?.[Symbol.asyncDispose]();
  await door?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

const own = async () => {
  const documentId = await addDocument(context);
  await addGrant(context, documentId, ana.userId, "EDIT");
  return documentId;
};
const edit = (documentId: string) => {
  const editor = openEditor(url, documentId, ana.token);
  editors.push(editor);
  return editor;
};
const raw = async (documentId: string) => {
  const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${ana.token}`);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return { socket, closed };
};

describe("bounds", () => {
  it("a reader that stops reading is closed, and its neighbours notice nothing", async () => {
    const documentId = await own();
    const a = edit(documentId);
    const b = edit(documentId);
    await Promise.all([a.synced(), b.synced()]);
    const { socket, closed } = await raw(documentId);
    socket.send(syncFrame(sync.step1, Uint8Array.of(0)));
    await new Promise<void>((resolve) =>
      socket.on("message", (data: Buffer) => data[0] === 0 && data[1] === 1 && resolve()),
    );
    socket.pause();
    const letters = "abcdefghij".repeat(10_000);
    for (let i = 0; i < 50; i++) {
      a.text.insert(0, letters);
      if (i % 10 === 9) a.text.delete(0, a.text.length);
      await until(() => b.text.length === a.text.length, "the neighbour to keep up");
    }
    await until(() => collab.rooms.get(documentId)?.connections.size === 2, "the slow reader to be let go");
    socket.resume();
    // Whether the close frame still reaches it depends on what its own network had buffered.
    expect([4503, 1006]).toContain(await closed);
  });

  it("a document that would grow past its limit stays as it was, and the sender is told for good", async () => {
    const documentId = await own();
    const a = edit(documentId);
    await a.synced();
    a.text.insert(0, "x".repeat(4_000_000));
    await until(
      async () =>
        (await context.db.query("select from documents.change where document_id = $1", [documentId]))
          .length === 1,
      "the first half",
    );
    a.text.insert(0, "y".repeat(4_000_000));
    expect(await a.closed()).toBe(4413);
    const b = edit(documentId);
    await b.synced();
    expect(b.text.length).toBe(4_000_000);
  });

  it("presence past its size is malformed", async () => {
    const { socket, closed } = await raw(await own());
    const json = JSON.stringify({ cursor: "z".repeat(3000) });
    const length = Buffer.byteLength(json);
    socket.send(
      awarenessFrame(Uint8Array.from([1, 7, 1, (length % 128) | 128, length >> 7, ...Buffer.from(json)])),
    );
    expect(await closed).toBe(4400);
  });

  it("one connection too many is told to come later", async () => {
    const documentId = await own();
    const three = [edit(documentId), edit(documentId), edit(documentId)];
    await Promise.all(three.map((editor) => editor.synced()));
    const { closed } = await raw(documentId);
    expect(await closed).toBe(1013);
  });

  it("a stock client that only looks on is kept fed, and never gives up its socket", async () => {
    const editor = edit(await own());
    await editor.synced();
    let losses = 0;
    editor.provider.on("connection-close", () => losses++);
    // The client's own watchdog drops a socket on which nothing came for 30 seconds.
    await new Promise((resolve) => setTimeout(resolve, 34_000));
    expect([losses, editor.provider.wsconnected]).toEqual([0, true]);
  });
});

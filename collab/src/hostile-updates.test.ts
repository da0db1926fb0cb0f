import { awarenessFrame, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { HttpServer } from "@onrecord/http/http-server";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Collab } from "./collab.js";

/** What the fuzzer found: each was taken by Yjs, and then threw in honest clients or left them with different documents. */

let context: TestContext;
let http: HttpServer;
let collab: Collab;
let url: string;
let ana: { token: string; userId: string };
let ben: { token: string; userId: string };
const editors: Editor[] = [];

beforeAll(async () => {
  context = await testContext();
  http = new HttpServer(context.log);
  collab = new Collab(context);
  collab.mount(http);
  await collab.start();
  url = await http.listen(0, "127.0.0.1");
  ana = await signedIn(context.db, await addPerson(context.db));
  ben = await signedIn(context.db, await addPerson(context.db));
});

afterEach(() => {
  for (const editor of editors.splice(0)) editor[Symbol.dispose]();
});

afterAll(async () => {
  await collab?.drain();
  await collab?.[Symbol.asyncDispose]();
  await http?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

const content = "0107636f6e74656e74";
const deep = "[".repeat(5000) + "]".repeat(5000);
const varString = (text: string) => [
  (text.length % 128) | 128,
  text.length >> 7,
  ...Buffer.from(text, "latin1"),
];
const update = (hex: string, ...rest: number[]) =>
  syncFrame(sync.update, Uint8Array.from([...Buffer.from(hex.replaceAll(" ", ""), "hex"), ...rest]));

const hostile: [string, Uint8Array][] = [
  ["a text without length", update(`01 01 0500 04${content} 00 00`)],
  ["a collected range without length", update("01 01 0500 0000 00")],
  ["a deletion without length", update("00 01 05 01 0000")],
  ["a deletion that ends past every clock", update("00 01 05 01 00ffffffffffffff0f")],
  ["a text that is its own left neighbour", update("01 01 0500 840500 0178 00")],
  ["a text that is its own right neighbour", update("01 01 0500 440500 0178 00")],
  ["an item that is its own parent", update("01 01 0500 07000500 00 00")],
  [
    "a text between neighbours of two types",
    update(`01 03 0500 04${content}0161 0401056f746865720162 c4050005010163 00`),
  ],
  [
    "a text right of its right neighbour",
    update(`01 03 0500 04${content}0161 4405000162 c405000501 0163 00`),
  ],
  ["a map's value left of another", update(`01 02 0500 24${content}0161 0178 440500 0179 00`)],
  ["three characters as one map's value", update(`01 01 0500 24${content}0161 0378797a 00`)],
  [
    "a number past every number in a value that is JSON",
    update(`01 01 0500 02${content} 01 05 3165393939 00`),
  ],
  [
    "a number past every number within an embed",
    update(`01 01 0500 05${content}`, ...varString('{"a":[-1e999]}'), 0),
  ],
  ["an embed with thousands of levels", update(`01 01 0500 05${content}`, ...varString(deep), 0)],
  ["presence with thousands of levels", awarenessFrame(Uint8Array.from([1, 5, 1, ...varString(deep)]))],
];

describe("an update that Yjs takes and never writes", () => {
  it.each(hostile)("%s is refused, and those who edit and who come later agree", async (_name, frame) => {
    const documentId = await addDocument(context);
    for (const { userId } of [ana, ben]) await addGrant(context, documentId, userId, "EDIT");
    const a = openEditor(url, documentId, ana.token);
    editors.push(a);
    await a.synced();
    a.text.insert(0, "honest");
    const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${ben.token}`);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(frame);
    expect(await closed).toBe(4400);
    a.text.insert(6, " work");
    const b = openEditor(url, documentId, ben.token);
    editors.push(b);
    await until(() => b.text.toString() === "honest work", "the next to see the honest text");
    const rows = await context.db.query("select from documents.change where document_id = $1", [documentId]);
    expect(rows).toHaveLength(2);
    expect([...a.doc.share.keys(), ...b.doc.share.keys()]).toEqual(["content", "content"]);
  });

  it("a text known in part that would go on beside another neighbour is refused, and everyone agrees", async () => {
    const documentId = await addDocument(context);
    for (const { userId } of [ana, ben]) await addGrant(context, documentId, userId, "EDIT");
    const a = openEditor(url, documentId, ana.token);
    editors.push(a);
    await a.synced();
    const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${ben.token}`);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    // "abcde", and "y" between "a" and "b". Then the "y" again, with a "z" behind it, of a text that stands between "a" and "e".
    socket.send(update(`01 02 0500 04${content}056162636465 c405000501 0179 00`));
    await until(() => a.text.toString() === "aybcde", "the text to arrive");
    socket.send(update("01 01 0505 c405000504 02797a 00"));
    expect(await closed).toBe(4400);
    const b = openEditor(url, documentId, ana.token);
    editors.push(b);
    await b.synced();
    expect([a.text.toString(), b.text.toString()]).toEqual(["aybcde", "aybcde"]);
  });

  it("a text between one that is there and one that was collected with its type is refused, and everyone agrees", async () => {
    const documentId = await addDocument(context);
    for (const { userId } of [ana, ben]) await addGrant(context, documentId, userId, "EDIT");
    const a = openEditor(url, documentId, ana.token);
    editors.push(a);
    await a.synced();
    const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${ben.token}`);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    // A list with an "x", and a "y" behind the list; the list is deleted, and what was in it collected.
    socket.send(update(`01 03 0500 07${content}00 04000500 0178 840500 0179 00`));
    await until(() => a.text.toString() === "y", "the text to arrive");
    socket.send(update("00 01 05 01 0001"));
    await until(async () => {
      const rows = await context.db.query("select from documents.change where document_id = $1", [
        documentId,
      ]);
      return rows.length === 2;
    }, "the deletion to be committed");
    socket.send(update("01 01 0503 c405020501 017a 00"));
    expect(await closed).toBe(4400);
    a.text.insert(1, "!");
    const b = openEditor(url, documentId, ana.token);
    editors.push(b);
    await until(() => b.text.toString() === "y!", "a newcomer to see the honest text");
  });

  it("a text known in part goes on where it says so truly", async () => {
    const documentId = await addDocument(context);
    for (const { userId } of [ana, ben]) await addGrant(context, documentId, userId, "EDIT");
    const a = openEditor(url, documentId, ana.token);
    editors.push(a);
    await a.synced();
    const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${ben.token}`);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(update(`01 01 0500 04${content}03616263 00`));
    await until(() => a.text.toString() === "abc", "the text to arrive");
    // Somebody has cut it meanwhile, and taken a part away.
    a.text.insert(1, "-");
    a.text.delete(2, 1);
    socket.send(update(`01 01 0500 04${content}056162636465 00`));
    await until(() => a.text.toString() === "a-cde", "the rest to arrive");
    socket.close();
  });

  it("a map's value whose beginning is known as text is refused, also when it is deleted at once", async () => {
    const documentId = await addDocument(context);
    await addGrant(context, documentId, ben.userId, "EDIT");
    const a = openEditor(url, documentId, ben.token);
    editors.push(a);
    await a.synced();
    const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${ben.token}`);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(update(`01 01 0500 04${content}03616263 00`));
    await until(() => a.text.toString() === "abc", "the text to arrive");
    // The server knows its first clock; the second, of another type, ends up behind the text and becomes one with it.
    socket.send(update(`01 01 0502 24${content}016b 027879 01 05 01 0004`));
    expect(await closed).toBe(4400);
    a.doc.getText("content").setAttribute("k", "honest");
    await until(async () => {
      const [head] = await context.db.query<{ version: number }>(
        "select version from documents.head where document_id = $1",
        [documentId],
      );
      return head?.version === 2;
    }, "the honest edit to be the next version");
    const b = openEditor(url, documentId, ben.token);
    editors.push(b);
    await b.synced();
    for (const { text } of [a, b]) {
      expect(text.toString()).toBe("abc");
      expect(text.getAttribute("k")).toBe("honest");
    }
  });
});

import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import { History } from "@onrecord/history/store/history";
import { loadDocument } from "@onrecord/history/store/load";
import { type Editor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "./testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

const NUL = "a\u0000b";
const HALF = "\ud83d";

/** All that can be seen of a document. */
const shape = (doc: Y.Doc) => ({
  content: doc.getText("content").toDelta(),
  map: doc.getMap(`map ${NUL}`).toJSON(),
  list: doc.getArray("list").toJSON(),
  xml: doc.getXmlFragment("default").toString(),
});

/** Every state that there is of a document is the same: the room's, the record's at each version, and a newcomer's. */
async function agree(documentId: string, editors: readonly Editor[]): Promise<void> {
  const room = node.collab.rooms.get(documentId)!;
  // What is still on its way to the node is at one of them only.
  await until(
    () => new Set(editors.map(({ doc }) => JSON.stringify(shape(doc)))).size === 1,
    "them to agree",
  );
  await until(() => room.idle, "all to be durable");
  const late = node.edit(documentId, node.ben);
  await late.synced();
  const expected = shape(late.doc);
  for (const { doc } of editors)
    await until(() => JSON.stringify(shape(doc)) === JSON.stringify(expected), "an editor to have the same");
  const { db, keys } = node.context;
  const { doc } = await loadDocument(db, keys, documentId, room.version);
  expect(shape(doc)).toEqual(expected);
  const byChanges = new Y.Doc();
  const history = new History(node.context);
  const { key } = await history.read(documentId);
  const { updates } = await history.since(documentId, key, 0);
  for (const update of updates) applyCommitted(byChanges, update);
  expect(shape(byChanges)).toEqual(expected);
  expect(await node.entries(documentId, "document.edit-refused")).toEqual([]);
}

/** Two stock editors on a new document. */
async function pair() {
  const documentId = await node.document();
  const [eve, ben] = [node.edit(documentId, node.eve), node.edit(documentId, node.ben)];
  await Promise.all([eve.synced(), ben.synced()]);
  return { documentId, eve, ben };
}

const writes: [string, (doc: Y.Doc, odd: string) => void][] = [
  ["a text", (doc, odd) => doc.getText("content").insert(0, odd)],
  ["the name and the value of a mark", (doc, odd) => doc.getText("content").insert(0, "x", { [odd]: odd })],
  ["an embedded object", (doc, odd) => doc.getText("content").insertEmbed(0, { [odd]: [odd] })],
  ["a key and a value of a map", (doc, odd) => doc.getMap(`map ${NUL}`).set(odd, { [odd]: odd })],
  ["an element of a list", (doc, odd) => doc.getArray("list").insert(0, [odd, { [odd]: odd }])],
  [
    "the name and an attribute of a node",
    (doc, odd) => {
      const element = new Y.XmlElement(`p${odd}`);
      doc.getXmlFragment("default").insert(0, [element]);
      element.setAttribute(odd, odd);
      element.insert(0, [new Y.XmlText(odd)]);
    },
  ],
];

describe("text that few programs expect", () => {
  it.each(writes)("in %s is kept, and is the same for everyone", async (_where, write) => {
    const { documentId, eve, ben } = await pair();
    write(eve.doc, NUL);
    await until(() => JSON.stringify(shape(ben.doc)) === JSON.stringify(shape(eve.doc)), "Ben to have it");
    await agree(documentId, [eve, ben]);
    // Half a character cannot be written in UTF-8: others get U+FFFD for it, and nobody is thrown out.
    write(eve.doc, `${HALF}|`);
    ben.text.insert(0, "goes on ");
    await until(() => eve.text.toString().includes("goes on "), "Eve to have what comes next");
    const room = node.collab.rooms.get(documentId)!;
    await until(() => room.idle, "all to be durable");
    await agree(documentId, [ben]);
  });

  it("is cut in half by a colleague, and the halves are the same for everyone", async () => {
    const { documentId, eve, ben } = await pair();
    eve.text.insert(0, "😀𠵱👩‍👩‍👧");
    await until(() => ben.text.length === eve.text.length, "Ben to have it");
    // Between the halves, over them, and at once from both sides.
    ben.text.insert(1, "x");
    eve.text.delete(3, 1);
    await agree(documentId, [eve, ben]);
    ben.text.delete(ben.text.length - 1, 1);
    eve.text.format(eve.text.length - 2, 1, { bold: true });
    await agree(documentId, [eve, ben]);
    eve.provider.disconnect();
    eve.text.insert(2, "😀");
    eve.text.insert(3, "|");
    ben.text.insert(2, "𠵱");
    eve.provider.connect();
    await until(() => eve.text.toString() === ben.text.toString(), "both to have the same again");
    await agree(documentId, [eve, ben]);
  });

  it("that is no UTF-8 is refused, on the record, and harms nobody", async () => {
    const [content, text] = [Buffer.from("0107636f6e74656e74", "hex"), [0x04]];
    // A half character as three bytes, and a character cut short; as text, and as the name of a root.
    const frames = [
      [1, 1, 5, 0, ...text, ...content, 3, 0xed, 0xa0, 0xbd, 0],
      [1, 1, 5, 0, ...text, ...content, 2, 0xf0, 0x9f, 0],
      [1, 1, 5, 0, ...text, 1, 3, 0xed, 0xa0, 0xbd, 1, 97, 0],
    ];
    for (const bytes of frames) {
      const documentId = await node.document();
      const neighbours = await node.neighbours(documentId);
      const { socket, closed } = await node.raw(documentId);
      socket.send(syncFrame(sync.update, Uint8Array.from(bytes)));
      expect(await closed).toEqual({ code: 4400, reason: "the update is malformed" });
      expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
      await neighbours.noticedNothing();
    }
  });

  it("in a presence state is shown as it is", async () => {
    const { eve, ben } = await pair();
    const state = { note: `${NUL}${HALF}`, [NUL]: 1 };
    eve.provider.awareness.setLocalState(state);
    const shown = () => ben.provider.awareness.getStates().get(eve.doc.clientID);
    await until(() => shown() !== undefined, "Ben to see Eve");
    expect(shown()).toEqual(state);
  });
});

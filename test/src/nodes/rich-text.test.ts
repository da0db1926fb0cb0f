import { setTimeout as delay } from "node:timers/promises";
import { anySeed, Random } from "@onrecord/core/testing/random";
import { History } from "@onrecord/history/store/history";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as Y from "yjs";
import { startNode } from "./nodes.js";
import { readRecorded } from "./whole-history.js";

const NODES = 3;

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context?.[Symbol.asyncDispose]());

/** The one paragraph of a document, as an editor of rich text has it. */
function paragraph(doc: Y.Doc): Y.XmlText {
  const first = doc.getXmlFragment("default").get(0);
  if (!(first instanceof Y.XmlText)) throw new TypeError("the paragraph has not come");
  return first;
}

function edit(text: Y.XmlText, random: () => number): void {
  const below = (bound: number) => Math.floor(random() * bound);
  const at = below(text.length + 1);
  const length = Math.min(1 + below(4), text.length - at);
  const choice = below(5);
  if (choice < 2 || length === 0) text.insert(at, "abcdef".slice(below(5)));
  else if (choice < 4) text.delete(at, length);
  else text.format(at, length, { bold: below(2) === 0 ? true : null });
}

it("three nodes agree on a paragraph that everyone writes, deletes and formats in, and so does the table", async () => {
  const chance = new Random(anySeed());
  const random = () => chance.next();
  await using opened = new AsyncDisposableStack();
  const documentId = await addDocument(context, "FILING");
  const user = await addPerson(context.db);
  await addGrant(context, documentId, user, "EDIT");
  const { token } = await signedIn(context.db, user);
  const nodes = await Promise.all(
    Array.from({ length: NODES }, async () => opened.use(await startNode(context))),
  );
  const editors = [...nodes, ...nodes].map(({ url }) => opened.use(openEditor(url, documentId, token)));
  await Promise.all(editors.map((editor) => editor.synced()));
  editors[0]!.doc.getXmlFragment("default").insert(0, [new Y.XmlText("once upon a time ".repeat(10))]);
  await until(
    () => editors.every(({ doc }) => doc.getXmlFragment("default").length === 1),
    "everyone to have the paragraph",
  );
  const typed = editors.map(async ({ doc }) => {
    for (let n = 0; n < 150; n++) {
      edit(paragraph(doc), random);
      await delay(random() * 25);
    }
  });
  await Promise.all(typed);
  const vectors = () => new Set(editors.map(({ doc }) => Y.encodeStateVector(doc).toString()));
  const contents = () => new Set(editors.map(({ doc }) => JSON.stringify(paragraph(doc).toDelta())));
  await until(() => vectors().size === 1 && contents().size === 1, "everyone to agree");
  const { version } = await readRecorded(context, documentId);
  const { doc } = await new History(context).load(documentId, version);
  expect(paragraph(doc).toDelta()).toEqual(paragraph(editors[0]!.doc).toDelta());
});

import { initProseMirrorDoc, relativePositionToAbsolutePosition } from "@tiptap/y-tiptap";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { filingField } from "../extensions.js";
import { importHtml } from "../import-html.js";
import { filingSchema } from "../schema.js";
import { placeIn, positionOf } from "./positions.js";
import { Desk } from "./testing/desk.js";
import { element, text } from "./testing/shared.js";

const page = `<h1>Offer</h1><p>The price<br>is <b>HK$ 12.40</b> per share 😀.</p><p></p>
<ul><li>one<ul><li>two</li></ul></li></ul><table><tr><td>a</td><td></td></tr></table><hr><blockquote><p>q</p></blockquote>`;

function opened(): Desk {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, importHtml(page).fragmentUpdate);
  return new Desk(doc);
}

test("every place in a text is found again, here and by TipTap's editors", () => {
  const desk = opened();
  const root = desk.doc.getXmlFragment(filingField);
  const { mapping } = initProseMirrorDoc(root, filingSchema);
  desk.state.doc.descendants((node, pos) => {
    if (!node.isTextblock) return;
    for (let at = pos + 1; at <= pos + 1 + node.content.size; at++) {
      const place = placeIn(desk.binding.views, root, at);
      expect(positionOf(desk.binding.views, JSON.parse(JSON.stringify(place)))).toBe(at);
      if (at > 1) expect(relativePositionToAbsolutePosition(desk.doc, root, place, mapping)).toBe(at);
    }
  });
});

test("a place stays with its letter while others write before it", () => {
  const desk = opened();
  const root = desk.doc.getXmlFragment(filingField);
  const at = 12;
  const place = placeIn(desk.binding.views, root, at);
  root.insert(0, [element("paragraph", {}, text("new"))]);
  expect(positionOf(desk.binding.views, place)).toBe(at + 5);
});

test("a place within what is shown as a whole is where that begins", () => {
  const doc = new Y.Doc();
  const root = doc.getXmlFragment(filingField);
  const words = text("task");
  root.insert(0, [
    element("paragraph", {}, text("ab")),
    element("taskList", {}, element("taskItem", {}, element("paragraph", {}, words))),
  ]);
  const desk = new Desk(doc);
  expect(positionOf(desk.binding.views, Y.createRelativePositionFromTypeIndex(words, 2))).toBe(4);
});

test.each([
  null,
  1,
  {},
  { type: { client: 1, clock: 99 } },
  { item: { client: 1, clock: 99 } },
  { tname: "elsewhere" },
])("what is no place is none: %j", (place) => {
  expect(positionOf(opened().binding.views, place)).toBeNull();
});

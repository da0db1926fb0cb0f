import { TextSelection } from "@tiptap/pm/state";
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { filingField } from "../extensions.js";
import { foreignOf } from "./foreign.js";
import { Desk } from "./testing/desk.js";
import { element, text } from "./testing/shared.js";

let doc: Y.Doc;
let root: Y.XmlFragment;

beforeEach(() => {
  doc = new Y.Doc();
  root = doc.getXmlFragment(filingField);
});

/** The line that holds some words, and where they begin in the editor. */
function find(desk: Desk, words: string): number {
  let found = -1;
  desk.state.doc.descendants((node, pos) => {
    if (node.isText && node.text?.includes(words)) found = pos + node.text.indexOf(words);
  });
  if (found < 0) throw new Error(`"${words}" is not shown`);
  return found;
}

const plain = (words: Y.XmlText) => words.toString().replaceAll(/<[^>]*>/g, "");

describe("what the page's schema does not know", () => {
  test("a mark is shown as its text, kept by edits around and inside it, and spreads to what is typed in it", () => {
    root.insert(0, [element("paragraph", {}, text("The price is "))]);
    const line = root.get(0);
    const words = line instanceof Y.XmlElement ? line.get(0) : null;
    if (!(words instanceof Y.XmlText)) throw new Error("there is no text");
    words.insert(words.length, "HK$ 12.40", { highlight: { color: "#ff0" }, bold: {} });
    const desk = new Desk(doc);
    const inside = find(desk, "12.40");
    desk.dispatch(desk.state.tr.insertText("about ", 1));
    desk.dispatch(desk.state.tr.insertText("~", inside + 6));
    desk.dispatch(desk.state.tr.removeMark(1, desk.state.doc.content.size - 1, desk.state.schema.marks.bold));
    expect(words.toDelta()).toEqual([
      { insert: "about The price is " },
      { insert: "HK$ ~12.40", attributes: { highlight: { color: "#ff0" } } },
    ]);
  });

  test("attributes stay when the person changes others", () => {
    root.insert(0, [element("paragraph", { textAlign: "left", lineHeight: 2, level: "odd" }, text("words"))]);
    const desk = new Desk(doc);
    desk.dispatch(desk.state.tr.setNodeAttribute(0, "textAlign", "center"));
    const line = root.get(0);
    expect(line instanceof Y.XmlElement && line.getAttributes()).toEqual({
      textAlign: "center",
      lineHeight: 2,
      level: "odd",
    });
  });

  test("attributes, objects and hidden formatting stay when a paragraph becomes a heading, or is put into a list", () => {
    const words = text("see ", { highlight: 1 });
    words.insertEmbed(4, { chart: 1 });
    words.insert(5, "more", { link: { href: "javascript:alert(1)" } });
    root.insert(0, [element("paragraph", { lineHeight: 2, textAlign: "center" }, words)]);
    const desk = new Desk(doc);
    const { heading, bulletList, listItem } = desk.state.schema.nodes;
    if (!heading || !bulletList || !listItem) throw new Error("the schema has no headings or lists");
    desk.dispatch(desk.state.tr.setBlockType(1, 1, heading, { level: 2, textAlign: "center" }));
    const runs = [
      { insert: "see ", attributes: { highlight: 1 } },
      { insert: { chart: 1 } },
      { insert: "more", attributes: { link: { href: "javascript:alert(1)" } } },
    ];
    const line = (at: Y.XmlFragment) => {
      const found = at.get(0);
      return found instanceof Y.XmlElement ? found : new Y.XmlElement();
    };
    const written = (at: Y.XmlElement) => {
      const inner: unknown = at.get(0);
      return inner instanceof Y.XmlText ? inner.toDelta() : null;
    };
    expect(line(root).nodeName).toBe("heading");
    expect(line(root).getAttributes()).toEqual({ lineHeight: 2, textAlign: "center", level: 2 });
    expect(written(line(root))).toEqual(runs);
    const { doc: shown, tr } = desk.state;
    const wrapped = listItem.createAndFill(null, shown.firstChild);
    desk.dispatch(tr.replaceWith(0, shown.content.size, bulletList.create(null, wrapped)));
    expect(root.toString()).toContain('lineHeight="2"');
    expect(root.toString()).toContain("javascript");
  });

  test("hidden formatting and attributes go with the half of a line that is divided off", () => {
    const words = text("see the ", {});
    words.insert(8, "code", { code: {}, highlight: { color: "#ff0" } });
    words.insert(12, " and here", { link: { href: "javascript:alert(1)" } });
    root.insert(0, [element("paragraph", { lineHeight: 2 }, words)]);
    const desk = new Desk(doc);
    desk.dispatch(desk.state.tr.split(11));
    const halves = root.toArray().map((half) => {
      const inner: unknown = half instanceof Y.XmlElement ? half.get(0) : null;
      return [
        half instanceof Y.XmlElement && half.getAttributes(),
        inner instanceof Y.XmlText && inner.toDelta(),
      ];
    });
    const code = { code: {}, highlight: { color: "#ff0" } };
    expect(halves).toEqual([
      [{ lineHeight: 2 }, [{ insert: "see the " }, { insert: "co", attributes: code }]],
      [
        { lineHeight: 2 },
        [
          { insert: "de", attributes: code },
          { insert: " and here", attributes: { link: { href: "javascript:alert(1)" } } },
        ],
      ],
    ]);
  });

  test("unsound attributes are shown as if they were not set, and not written back", () => {
    const cell = (colspan: unknown) =>
      element("tableCell", { colspan, rowspan: 1 }, element("paragraph", {}, text("x")));
    root.insert(0, [element("table", {}, element("tableRow", {}, cell("1"), cell(1e9), cell(-3), cell(2)))]);
    const desk = new Desk(doc);
    const spans: unknown[] = [];
    desk.state.doc.descendants((node) => {
      if (node.type.name === "tableCell") spans.push(node.attrs.colspan);
    });
    expect(spans).toEqual([1, 1, 1, 2]);
    desk.dispatch(desk.state.tr.insertText("typed ", find(desk, "x")));
    const row = root.get(0);
    const written = row instanceof Y.XmlElement ? row.toString().match(/colspan="[^"]*"/g) : null;
    expect(written).toEqual(['colspan="1"', 'colspan="1000000000"', 'colspan="-3"', 'colspan="2"']);
  });

  test("a table of more places than can be laid out is shown as a whole, its cells in one column each", () => {
    const wide = () =>
      element("tableCell", { colspan: 1000, rowspan: 10_000 }, element("paragraph", {}, text("w")));
    root.insert(0, [
      element("table", {}, ...Array.from({ length: 200 }, () => element("tableRow", {}, wide(), wide()))),
    ]);
    const desk = new Desk(doc);
    expect(desk.state.doc.firstChild?.type.name).toBe("foreignBlock");
    expect(desk.sent).toEqual([]);
  });

  test.each([
    [
      "a node",
      element(
        "taskList",
        {},
        element("taskItem", { checked: false }, element("paragraph", {}, text("File it"))),
      ),
    ],
    [
      "a document of BlockNote",
      element(
        "blockGroup",
        {},
        element("blockContainer", { id: "a" }, element("paragraph", {}, text("File it"))),
      ),
    ],
    ["a text among blocks", text("File it")],
    ["a block where a character should be", element("paragraph", {}, element("table", {}))],
  ])(
    "%s stays as it is while others are written around it, deleted, or the whole is dragged",
    (_, foreign) => {
      root.insert(0, [
        element("paragraph", {}, text("before")),
        foreign,
        element("paragraph", {}, text("after")),
      ]);
      const shown = (index: number) => (root.get(index) as Y.XmlElement | Y.XmlText).toString();
      const was = shown(1);
      const desk = new Desk(doc);
      desk.dispatch(desk.state.tr.insertText("typed ", find(desk, "before")));
      desk.dispatch(desk.state.tr.insertText("typed ", find(desk, "after")));
      expect(shown(1)).toBe(was);
      // Dragged to the front.
      const [first, second] = [desk.state.doc.child(0), desk.state.doc.child(1)];
      const { tr } = desk.state;
      desk.dispatch(tr.delete(first.nodeSize, first.nodeSize + second.nodeSize).insert(0, second));
      expect(shown(0)).toBe(was);
      expect(root.length).toBe(3);
      // And once more: what is there now is the copy.
      const copy = desk.state.doc.child(0);
      const again = desk.state.tr.delete(0, copy.nodeSize);
      desk.dispatch(again.insert(again.doc.content.size, copy));
      expect(shown(2)).toBe(was);
      desk.dispatch(
        desk.state.tr.delete(desk.state.doc.content.size - copy.nodeSize, desk.state.doc.content.size),
      );
      expect(root.length).toBe(2);
      expect(desk.state.doc.textContent).toBe("typed beforetyped after");
    },
  );

  test("an object within a line keeps its place when the line is split before it", () => {
    const line = text("see ");
    line.insertEmbed(4, { chart: 7 });
    line.insert(5, " here");
    root.insert(0, [element("paragraph", { unknown: 1 }, line)]);
    const desk = new Desk(doc);
    desk.dispatch(desk.state.tr.split(3));
    const second = root.get(1);
    const tail = second instanceof Y.XmlElement ? second.get(0) : null;
    expect(tail instanceof Y.XmlText && tail.toDelta()).toEqual([
      { insert: "e " },
      { insert: { chart: 7 } },
      { insert: " here" },
    ]);
  });

  test("line ends in a text are shown as breaks, unit for unit, and stay letters", () => {
    const words = text("Offer\nClosing\r\nTrustee\rHSBC", { bold: {} });
    root.insert(0, [
      element("paragraph", {}, words),
      element("codeBlock", {}, text("a\nb")),
      element("codeBlock", {}, text("a\r\nb")),
    ]);
    const desk = new Desk(doc);
    const [line, code, odd] = desk.state.doc.children;
    expect(line?.children.map((node) => node.text ?? node.type.name)).toEqual([
      "Offer",
      "hardBreak",
      "Closing",
      "foreignInline",
      "hardBreak",
      "Trustee",
      "hardBreak",
      "HSBC",
    ]);
    expect(code?.textContent).toBe("a\nb");
    expect(odd?.type.name).toBe("foreignBlock");
    desk.dispatch(desk.state.tr.insertText("The ", 1));
    desk.dispatch(desk.state.tr.insertText("!", 1 + (line?.content.size ?? 0) + 4));
    expect(plain(words)).toBe("The Offer\nClosing\r\nTrustee\rHSBC!");
    expect(desk.sent.map(({ length }) => length).every((length) => length < 40)).toBe(true);
    desk.dispatch(desk.state.tr.delete(10, 11));
    expect(plain(words)).toBe("The OfferClosing\r\nTrustee\rHSBC!");
    expect(desk.state.doc.toJSON()).toEqual(desk.fresh.toJSON());
    // Divided, the second half is the person's; its line ends are still all there.
    desk.dispatch(desk.state.tr.split(5));
    expect(root.toString().replaceAll(/<[^>]*>/g, "")).toContain("Closing\r");
  });

  test("letters without a text, as an editor of plain text leaves them, are one block of words", () => {
    const plain = new Y.Doc();
    plain.getText(filingField).insert(0, "plain words");
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(plain));
    const desk = new Desk(doc);
    expect(desk.state.doc.childCount).toBe(1);
    const [block] = desk.state.doc.children;
    expect(block && foreignOf(block)?.content).toEqual([{ type: "text", text: "plain words" }]);
    expect(desk.sent).toEqual([]);
    const { tr, schema } = desk.state;
    desk.dispatch(tr.insert(1, schema.node("paragraph", null, [schema.text("typed")])));
    expect(root.length).toBe("plain words".length + 1);
    desk.dispatch(desk.state.tr.delete(0, 1));
    expect(root.length).toBe(1);
  });

  test("whatever a value is, opening and moving the caret writes nothing", () => {
    const odd = new Y.Doc();
    odd
      .getArray(filingField)
      .insert(0, [
        1,
        "two",
        { three: 3 },
        null,
        new Uint8Array([4]),
        new Y.Map([["five", 5]]),
        new Y.Array(),
      ]);
    const keyed = new Y.Doc();
    keyed.getMap(filingField).set("key", "value");
    for (const one of [odd, keyed]) Y.applyUpdate(doc, Y.encodeStateAsUpdate(one));
    const desk = new Desk(doc);
    desk.state.doc.check();
    for (let at = 0; at <= desk.state.doc.content.size; at++)
      desk.dispatch(desk.state.tr.setSelection(TextSelection.near(desk.state.doc.resolve(at))));
    expect(desk.sent).toEqual([]);
  });
});

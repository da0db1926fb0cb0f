import { type Draw, draws, seeds } from "@onrecord/core/testing/random";
import type { Node } from "@tiptap/pm/model";
import { TextSelection, type Transaction } from "@tiptap/pm/state";
import { canJoin, canSplit } from "@tiptap/pm/transform";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { filingField } from "../extensions.js";
import { Desk, exchange, pageSchema } from "./testing/desk.js";

const words = ["a", "price ", "😀", "😁", "𠵱", "𠵇", "👍🏻", "👍🏿", "é", "招股", " "];

function textblocks(doc: Node): { pos: number; node: Node }[] {
  const found: { pos: number; node: Node }[] = [];
  doc.descendants((node, pos) => {
    if (node.isTextblock) found.push({ pos, node });
    return !node.isTextblock;
  });
  return found;
}

/** A place in a line that cuts no character. */
function placeIn(node: Node, random: Draw): number {
  const text = node.textBetween(0, node.content.size, "", "\ufffc");
  let at = random(node.content.size + 1);
  if (/[\ud800-\udbff]/.test(text[at - 1] ?? "") && /[\udc00-\udfff]/.test(text[at] ?? "")) at--;
  return at;
}

function paragraph(random: Draw): Node {
  const word = words[random(words.length)] ?? "a";
  return pageSchema.node("paragraph", null, [pageSchema.text(word)]);
}

function table(random: Draw): Node {
  const row = () =>
    pageSchema.node(
      "tableRow",
      null,
      [1, 2].map(() => pageSchema.node("tableCell", null, [paragraph(random)])),
    );
  return pageSchema.node("table", null, [row(), row()]);
}

/** One thing that a person may do; the transaction is as an editor would make it. */
function act(desk: Desk, random: Draw): Transaction | null {
  const { tr } = desk.state;
  const { doc } = tr;
  const lines = textblocks(doc);
  const line = lines[random(lines.length)];
  if (!line) return null;
  const start = line.pos + 1;
  const at = start + placeIn(line.node, random);
  const to = Math.max(at, start + placeIn(line.node, random));
  const kind = random(14);
  if (kind < 5) return tr.insertText(words[random(words.length)] ?? "a", at, random(3) === 0 ? to : at);
  if (kind === 5) return to > at ? tr.delete(at, to) : null;
  if (kind === 6 || kind === 7) {
    const name = ["bold", "italic", "underline"][random(3)] ?? "bold";
    const mark = pageSchema.marks[name];
    if (!mark || to === at) return null;
    return random(2) === 0 ? tr.addMark(at, to, mark.create()) : tr.removeMark(at, to, mark);
  }
  if (kind === 8) return canSplit(doc, at) ? tr.split(at) : null;
  if (kind === 9) {
    const join = line.pos;
    return doc.resolve(join).nodeBefore?.isTextblock && canJoin(doc, join) ? tr.join(join) : null;
  }
  if (kind === 10) {
    const brk = pageSchema.nodes.hardBreak;
    return brk && line.node.type.name !== "codeBlock" ? tr.replaceWith(at, at, brk.create()) : null;
  }
  const top = random(doc.childCount + 1);
  let offset = 0;
  for (let i = 0; i < top; i++) offset += doc.child(i).nodeSize;
  if (kind === 11) return tr.insert(offset, random(3) === 0 ? table(random) : paragraph(random));
  if (kind === 12 && top < doc.childCount && doc.childCount > 1)
    return tr.delete(offset, offset + doc.child(top).nodeSize);
  if (kind === 13 && top < doc.childCount && doc.childCount > 2) {
    // Drag and drop: the same node elsewhere, in one transaction.
    const node = doc.child(top);
    return tr.delete(offset, offset + node.nodeSize).insert(0, node);
  }
  const type = [pageSchema.nodes.heading, pageSchema.nodes.paragraph, pageSchema.nodes.codeBlock][random(3)];
  return type
    ? tr.setBlockType(at, at, type, type.name === "heading" ? { level: 1 + random(6) } : null)
    : null;
}

function foreignThings(random: Draw): Y.XmlElement {
  const element = (
    name: string,
    attributes: Record<string, string>,
    ...children: (Y.XmlElement | Y.XmlText)[]
  ) => {
    const made = new Y.XmlElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.insert(0, children);
    return made;
  };
  const text = (insert: string, attributes: Record<string, unknown> = {}) => {
    const made = new Y.XmlText();
    made.insert(0, insert, attributes);
    return made;
  };
  switch (random(5)) {
    case 0:
      return element("paragraph", { unknown: "kept" }, text("marked", { highlight: { color: "#ff0" } }));
    case 1:
      return element("taskList", {}, element("taskItem", {}, element("paragraph", {}, text("task"))));
    case 2: {
      const line = text("see ");
      line.insertEmbed(4, { chart: 1 });
      return element("paragraph", {}, line, text(" and a second text"), element("mention", { id: "x" }));
    }
    case 3:
      return element(
        "bulletList",
        {},
        element("listItem", {}, element("heading", { level: "3" }, text("first"))),
      );
    default:
      return element(
        "table",
        {},
        element(
          "tableRow",
          {},
          element("tableCell", { colspan: "1" }, element("paragraph", {}, text("one"))),
        ),
        element("tableRow", {}),
      );
  }
}

/** A node as everybody has it: the formatting of a line break is nothing that anyone sees, and is not shared. */
function plain(node: Node): unknown {
  return JSON.parse(JSON.stringify(node), (_, value) => {
    if (value?.type !== "hardBreak" && value?.type !== "foreignInline") return value;
    const { marks: _marks, ...rest } = value;
    return rest;
  });
}

const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\ufffd/;

test.each(seeds(16))("what is written is what is shown, to everybody (seed %i)", (seed) => {
  const random = draws(seed);
  const desks = [new Desk(), new Desk(), new Desk()];
  const [first] = desks;
  if (!first) throw new Error("there is no desk");
  // Somebody else's editor has put in what the page does not know.
  if (seed % 2 === 0) {
    first.doc.transact(() => {
      const root = first.doc.getXmlFragment(filingField);
      for (let i = 0; i < 6; i++) root.insert(root.length, [foreignThings(random)]);
    }, "other editor");
    for (const desk of desks) if (desk !== first) exchange(first.doc, desk.doc);
  }
  for (let round = 0; round < 250; round++) {
    const desk = desks[random(desks.length)] ?? first;
    const transaction = act(desk, random);
    if (transaction?.docChanged) {
      const size = transaction.doc.content.size;
      transaction.setSelection(TextSelection.near(transaction.doc.resolve(random(size + 1))));
      desk.dispatch(transaction);
      expect(plain(desk.fresh), `round ${round}: what is read of what was written`).toEqual(
        plain(desk.state.doc),
      );
    }
    if (random(4) === 0) {
      const other = desks[random(desks.length)] ?? first;
      if (other === desk) continue;
      exchange(desk.doc, other.doc);
      for (const one of [desk, other]) {
        one.state.doc.check();
        expect(plain(one.state.doc), `round ${round}: what is shown of what came`).toEqual(plain(one.fresh));
      }
    }
  }
  for (const a of desks) for (const b of desks) if (a !== b) exchange(a.doc, b.doc);
  for (const desk of desks) {
    expect(plain(desk.state.doc)).toEqual(plain(first.state.doc));
    expect(JSON.stringify(desk.state.doc.toJSON())).not.toMatch(halves);
  }
});

test.each(seeds(6))("looking writes nothing (seed %i)", (seed) => {
  const random = draws(seed);
  const writer = new Y.Doc();
  const desk = new Desk();
  for (let round = 0; round < 60; round++) {
    const root = writer.getXmlFragment(filingField);
    if (random(3) === 0 && root.length > 1) root.delete(random(root.length), 1);
    else root.insert(random(root.length + 1), [foreignThings(random)]);
    exchange(writer, desk.doc);
    desk.dispatch(
      desk.state.tr.setSelection(
        TextSelection.near(desk.state.doc.resolve(random(desk.state.doc.content.size + 1))),
      ),
    );
    desk.state.doc.check();
    expect(desk.state.doc.toJSON()).toEqual(desk.fresh.toJSON());
  }
  expect(desk.sent).toEqual([]);
});

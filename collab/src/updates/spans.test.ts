import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({});
});

afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

afterEach(() => node.leave());

/** The type of Yjs allows text only; programs write whatever they like. */
function set(cell: Y.XmlElement, key: string, value: unknown): void {
  cell.setAttribute(key, value as string);
}

function cellIn(doc: Y.Doc): Y.XmlElement {
  const cell = doc.getXmlFragment("default").get(0);
  if (!(cell instanceof Y.XmlElement)) throw new Error("there is no cell");
  return cell;
}

describe("the spans of a cell", () => {
  it.each<[string, unknown, number]>([
    ["a thousand million", 1e9, 1],
    ["a number as text", "3", 3],
    ["words", "wide", 1],
    ["nothing", null, 1],
    ["less than one", -5, 1],
    ["a fraction", 2.7, 2],
    ["no number", Number.NaN, 1],
    ["an object", { colspan: 4 }, 1],
  ])("are sound for everybody else and in the record when an editor sets %s", async (_, value, sound) => {
    const documentId = await node.document();
    const eve = node.edit(documentId, node.eve);
    const ben = node.edit(documentId, node.ben);
    await Promise.all([eve.synced(), ben.synced()]);
    const first = new Y.XmlElement("tableCell");
    set(first, "colspan", value);
    eve.doc.getXmlFragment("default").insert(0, [first]);
    await until(() => ben.doc.getXmlFragment("default").length === 1, "the cell to arrive");
    expect(cellIn(ben.doc).getAttribute("colspan")).toBe(sound);
    // Set once more, in an update that names only the value before; and twice at once.
    set(cellIn(eve.doc), "colspan", 2);
    set(cellIn(eve.doc), "colspan", value);
    eve.doc.transact(() => {
      set(cellIn(eve.doc), "rowspan", 2);
      set(cellIn(eve.doc), "rowspan", value);
    });
    eve.doc.getXmlFragment("default").insert(1, [new Y.XmlText("end")]);
    await until(() => ben.doc.getXmlFragment("default").length === 2, "all of it to arrive");
    expect(cellIn(ben.doc).getAttribute("colspan")).toBe(sound);
    expect(cellIn(ben.doc).getAttribute("rowspan")).toBe(sound);
    const late = node.edit(documentId, node.ben);
    await late.synced();
    expect(cellIn(late.doc).getAttributes()).toEqual(cellIn(ben.doc).getAttributes());
  });

  it("are left alone where they are sound, and so is every other attribute", async () => {
    const documentId = await node.document();
    const eve = node.edit(documentId, node.eve);
    const ben = node.edit(documentId, node.ben);
    await Promise.all([eve.synced(), ben.synced()]);
    const cell = new Y.XmlElement("tableCell");
    set(cell, "colspan", 1000);
    set(cell, "rowspan", 10_000);
    set(cell, "size", 1e9);
    eve.doc.getXmlFragment("default").insert(0, [cell]);
    cellIn(eve.doc).removeAttribute("rowspan");
    await until(() => {
      const { length } = ben.doc.getXmlFragment("default");
      return length === 1 && cellIn(ben.doc).getAttribute("rowspan") === undefined;
    }, "the cell to arrive");
    expect(cellIn(ben.doc).getAttributes()).toEqual({ colspan: 1000, size: 1e9 });
  });
});

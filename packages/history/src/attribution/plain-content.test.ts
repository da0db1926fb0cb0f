import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { showsTheSame } from "./plain-content.js";

function document(change: (doc: Y.Doc) => void = () => undefined): Y.Doc {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, "The offer", { bold: true });
  doc.getText("content").insertEmbed(3, { image: 1 });
  const paragraph = new Y.XmlElement("paragraph");
  doc.getXmlFragment("default").insert(0, [paragraph]);
  paragraph.insert(0, [new Y.XmlText("terms")]);
  paragraph.setAttribute("level", "1");
  doc.getMap("map").set("a", { deep: [1, new Uint8Array([1])] });
  doc.getArray("list").insert(0, ["x", 1, null]);
  change(doc);
  return doc;
}

const paragraphOf = (doc: Y.Doc) => {
  const [paragraph] = doc.getXmlFragment("default").toArray();
  if (!(paragraph instanceof Y.XmlElement)) throw new Error("no paragraph");
  return paragraph;
};

describe("whether two documents show the same", () => {
  it("does not depend on how they came to it", () => {
    const other = document((doc) => {
      doc.getText("content").insert(0, "x");
      doc.getText("content").delete(0, 1);
      doc.getText("content").format(0, 2, { italic: true });
      doc.getText("content").format(0, 2, { italic: null });
      doc.getMap("map").set("b", 1);
      doc.getMap("map").delete("b");
    });
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(other));
    expect(showsTheSame(document(), copy)).toBe(true);
  });

  it.each<[string, (doc: Y.Doc) => void]>([
    ["text", (doc) => doc.getText("content").delete(0, 1)],
    ["formatting", (doc) => doc.getText("content").format(0, 1, { bold: null })],
    ["an embedded object", (doc) => doc.getText("content").delete(3, 1)],
    ["an element", (doc) => doc.getXmlFragment("default").insert(1, [new Y.XmlElement("paragraph")])],
    [
      "the name of an element",
      (doc) => {
        doc.getXmlFragment("default").delete(0, 1);
        const heading = new Y.XmlElement("heading");
        doc.getXmlFragment("default").insert(0, [heading]);
        heading.insert(0, [new Y.XmlText("terms")]);
        heading.setAttribute("level", "1");
      },
    ],
    ["an attribute", (doc) => paragraphOf(doc).setAttribute("level", "2")],
    ["an attribute more", (doc) => paragraphOf(doc).setAttribute("other", "2")],
    ["an entry", (doc) => doc.getMap("map").set("a", { deep: [1, new Uint8Array([2])] })],
    ["an element of an array", (doc) => doc.getArray("list").delete(1, 1)],
    ["another root", (doc) => doc.getText("other").insert(0, "x")],
  ])("sees a difference in %s", (_, change) => {
    expect(showsTheSame(document(), document(change))).toBe(false);
  });
});

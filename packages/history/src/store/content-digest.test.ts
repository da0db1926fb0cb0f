import { draws, seeds } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { randomHistory } from "../testing/random-history.js";
import { applyCommitted } from "./apply-committed.js";
import { contentDigest } from "./content-digest.js";

function made(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) applyCommitted(doc, update);
  return doc;
}

describe("the digest of a document's content", () => {
  it("is the same however the document came to it", () => {
    for (const seed of seeds(20)) {
      const random = draws(seed);
      const versions = randomHistory(seed, 60).versions.map(({ update }) => update);
      const followed = made(...versions);
      const wanted = contentDigest(followed);
      const cut = random(versions.length);
      const early = Y.encodeStateAsUpdate(made(...versions.slice(0, cut)));
      expect([seed, contentDigest(made(Y.encodeStateAsUpdate(followed)))]).toEqual([seed, wanted]);
      expect([seed, contentDigest(made(early, ...versions.slice(cut)))]).toEqual([seed, wanted]);
      expect([seed, contentDigest(made(...versions.slice(0, -1)))]).not.toEqual([seed, wanted]);
    }
  });

  const base = new Y.Doc();
  base.getText("content").insert(0, "ab");
  base.getMap("map").set("k", "v");
  base.getXmlFragment("default").insert(0, [new Y.XmlElement("p"), new Y.XmlElement("q")]);
  const changed: [string, (doc: Y.Doc) => void][] = [
    ["a character", (doc) => replaceText(doc, "ax")],
    ["a value of a map", (doc) => replaceValue(doc, "w")],
    ["a deletion", (doc) => doc.getText("content").delete(0, 1)],
    ["the name of an element", (doc) => rename(doc, "r")],
    ["the order of what is there", (doc) => swap(doc)],
    ["text that nobody sees any more", (doc) => insertAndDelete(doc)],
    ["a nested type", (doc) => insertInto(doc)],
  ];
  it.each(changed)("tells %s", (_, change) => {
    const doc = made(Y.encodeStateAsUpdate(base));
    expect(contentDigest(doc)).toBe(contentDigest(base));
    change(doc);
    expect(contentDigest(doc)).not.toBe(contentDigest(base));
  });
});

function replaceText(doc: Y.Doc, text: string): void {
  const item = doc.getText("content")._start!;
  item.content = new Y.ContentString(text);
}

function replaceValue(doc: Y.Doc, value: unknown): void {
  doc.getMap("map")._map.get("k")!.content = new Y.ContentAny([value]);
}

function rename(doc: Y.Doc, name: string): void {
  const element = doc.getXmlFragment("default").get(0);
  if (element instanceof Y.XmlElement) element.nodeName = name;
}

/** The first two items of a type change places, and nothing else. */
function swap(doc: Y.Doc): void {
  const fragment = doc.getXmlFragment("default");
  const first = fragment._start!;
  // They came as one struct each, beside each other.
  const second = first.right!;
  [first.left, first.right, second.left, second.right] = [second, second.right, null, first];
  fragment._start = second;
}

function insertAndDelete(doc: Y.Doc): void {
  doc.getText("content").insert(0, "z");
  doc.getText("content").delete(0, 1);
}

function insertInto(doc: Y.Doc): void {
  const element = doc.getXmlFragment("default").get(0);
  if (element instanceof Y.XmlElement) element.insert(0, [new Y.XmlText("x")]);
}

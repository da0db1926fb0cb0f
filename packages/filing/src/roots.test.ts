import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { element, text } from "./binding/testing/shared.js";
import { isEmptyRoot, otherRoots } from "./roots.js";

/** As another program's document arrives: nothing has said yet what its roots are. */
function received(write: (doc: Y.Doc) => void): Y.Doc {
  const [theirs, ours] = [new Y.Doc(), new Y.Doc()];
  write(theirs);
  Y.applyUpdate(ours, Y.encodeStateAsUpdate(theirs));
  return ours;
}

describe("text in a root of another name", () => {
  test.each<[string, (doc: Y.Doc) => void, string]>([
    [
      "elements",
      (doc) => doc.getXmlFragment("prosemirror").insert(0, [element("paragraph", {}, text("words"))]),
      "words",
    ],
    ["plain text", (doc) => doc.getText("monaco").insert(0, "words"), "words"],
    ["texts within a text", (doc) => doc.get("root", Y.XmlText).insertEmbed(0, text("words")), "words"],
  ])("is found: %s", (_, write, words) => {
    const doc = received(write);
    expect(otherRoots(doc, "default").map((root) => root.words)).toEqual([words]);
    expect(isEmptyRoot(doc, "default")).toBe(true);
  });

  test.each<[string, (doc: Y.Doc) => void]>([
    ["settings", (doc) => doc.getMap("meta").set("theme", "dark")],
    ["a list of values", (doc) => doc.getArray("numbers").insert(0, [1, 2])],
    [
      "what was deleted",
      (doc) => {
        doc.getText("monaco").insert(0, "words");
        doc.getText("monaco").delete(0, 5);
      },
    ],
    ["the root of its kind", (doc) => doc.getXmlFragment("default").insert(0, [element("paragraph", {})])],
  ])("is not %s", (_, write) => {
    expect(otherRoots(received(write), "default")).toEqual([]);
  });
});

import { draws, seeds } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { showsTheSame } from "../attribution/plain-content.js";
import { plainContent } from "../testing/plain.js";
import { randomHistory, replay } from "../testing/random-history.js";
import { revertTo } from "./revert.js";

describe("restoring a version", () => {
  it("gives exactly the content of that version, for random concurrent histories of every type", () => {
    for (const seed of seeds(40)) {
      const { versions } = randomHistory(seed, 50);
      const random = draws(seed * 7);
      for (let n = 0; n < 4; n++) {
        const version = random(versions.length);
        const head = replay(versions, versions.length);
        const update = revertTo(replay(versions, version), head, seed * 1000 + 999);
        if (update) Y.applyUpdate(head, update);
        expect(plainContent(head), `ONRECORD_SEED=${seed}, version ${version}`).toEqual(
          plainContent(replay(versions, version)),
        );
      }
    }
  });

  it("gives exactly the content of that version also where stock editors cut characters of two units in the middle", () => {
    let cut = 0;
    for (const seed of seeds(60)) {
      const { versions } = randomHistory(seed, 50, { wide: true });
      const random = draws(seed * 7);
      for (let n = 0; n < 4; n++) {
        const version = random(versions.length);
        const head = replay(versions, versions.length);
        const wanted = plainContent(replay(versions, version));
        const update = revertTo(replay(versions, version), head, seed * 1000 + 999);
        if (JSON.stringify(plainContent(head)).includes("\ufffd")) cut++;
        if (update) Y.applyUpdate(head, update);
        const told = `ONRECORD_SEED=${seed}, version ${version}`;
        expect(plainContent(head), told).toEqual(wanted);
        expect(showsTheSame(head, replay(versions, version)), told).toBe(true);
      }
    }
    expect(cut).toBeGreaterThan(0);
  });

  it.each([
    ["a half is replaced", (text: Y.Text) => [() => text.delete(7, 1), () => text.insert(7, "\ude01")]],
    ["something is put in the middle", (text: Y.Text) => [() => text.insert(7, "x")]],
    ["and that goes again", (text: Y.Text) => [() => text.insert(7, "x"), () => text.delete(7, 1)]],
    ["half of it is made bold", (text: Y.Text) => [() => text.format(7, 3, { bold: true })]],
    ["both halves go, one by one", (text: Y.Text) => [() => text.delete(7, 1), () => text.delete(6, 1)]],
    [
      "one half goes and the rest of the line",
      (text: Y.Text) => [() => text.delete(0, 7), () => text.delete(0, 6)],
    ],
  ])("writes a character anew that was cut: %s", (_, edits) => {
    const { doc, at } = recorded();
    const text = doc.getText("content");
    text.insert(0, "Offer 😀 open", { italic: true });
    for (const edit of edits(text)) edit();
    // What others have is what came over the line, where no half of a character can be.
    const head = at(edits(text).length + 1);
    Y.applyUpdate(head, revertTo(at(1), head)!);
    expect(head.getText("content").toDelta()).toEqual([
      { insert: "Offer 😀 open", attributes: { italic: true } },
    ]);
    expect(showsTheSame(at(1), head)).toBe(true);
  });

  it("leaves what both versions share in place, so that positions into it still hold", () => {
    const { doc, at } = recorded();
    const text = doc.getText("content");
    text.insert(0, "the offer price");
    const position = Y.createRelativePositionFromTypeIndex(text, 10);
    text.insert(0, "Draft: ");
    text.delete(11, 6);
    Y.applyUpdate(doc, revertTo(at(1), doc)!);
    expect(text.toString()).toBe("the offer price");
    expect(Y.createAbsolutePositionFromRelativePosition(position, doc)?.index).toBe(10);
  });

  it("keeps what others write at the same time, in text, elements, maps and arrays", () => {
    const { doc, at } = recorded();
    doc.transact(() => {
      doc.getText("content").insert(0, "the offer price");
      doc.getXmlFragment("default").insert(0, [new Y.XmlElement("paragraph")]);
      doc.getMap("map").set("terms", new Y.Map([["price", 1]]));
      doc.getArray("list").insert(0, ["a", "b"]);
    });
    doc.transact(() => {
      doc.getText("content").delete(4, 6);
      doc.getMap("map").set("terms", "none");
      doc.getArray("list").delete(0, 1);
    });
    const offline = replay([{ update: Y.encodeStateAsUpdate(doc) }], 1);
    offline.getText("content").insert(9, " per share");
    const [paragraph] = offline.getXmlFragment("default").toArray();
    if (paragraph instanceof Y.XmlElement) paragraph.insert(0, [new Y.XmlText("kept")]);
    offline.getMap("map").set("other", 2);
    offline.getArray("list").insert(1, ["c"]);
    const restore = revertTo(at(1), doc)!;
    for (const update of [restore, Y.encodeStateAsUpdate(offline)]) Y.applyUpdate(doc, update);
    expect(doc.getText("content").toString()).toBe("the offer price per share");
    expect(doc.getXmlFragment("default").toString()).toBe("<paragraph>kept</paragraph>");
    expect(doc.getMap("map").toJSON()).toEqual({ terms: { price: 1 }, other: 2 });
    expect(doc.getArray("list").toJSON()).toEqual(["a", "b", "c"]);
  });

  it("is nothing where nothing came after", () => {
    const { doc, at } = recorded();
    doc.getText("content").insert(0, "x");
    expect(revertTo(at(1), doc)).toBeNull();
  });
});

/** A document whose every transaction is a version. */
function recorded() {
  const doc = new Y.Doc();
  const versions: { update: Uint8Array }[] = [];
  doc.on("update", (update: Uint8Array) => void versions.push({ update }));
  return { doc, at: (version: number) => replay(versions, version) };
}

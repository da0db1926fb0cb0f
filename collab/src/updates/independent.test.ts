import { anySeed, type Draw, draws } from "@onrecord/core/testing/random";
import { effectiveUpdate } from "@onrecord/history/edit/effective-update";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { independent } from "./independent.js";

function fork(base: Y.Doc): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(base));
  return doc;
}

/** What an editor does to the texts of a document, one update for each change. */
function edits(doc: Y.Doc, count: number, random: Draw): Uint8Array[] {
  const made: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => made.push(update));
  const paragraph = doc.getXmlFragment("default").get(0);
  const texts = [doc.getText("content"), ...(paragraph instanceof Y.XmlText ? [paragraph] : [])];
  for (let i = 0; i < count; i++) {
    const text = texts[random(texts.length)]!;
    const at = random(text.length + 1);
    const length = Math.min(1 + random(3), text.length - at);
    const choice = random(5);
    if (choice < 2 || length === 0) text.insert(at, "abc".slice(random(3)));
    else if (choice === 2) text.delete(at, length);
    else if (choice === 3) text.format(at, length, { bold: random(2) === 0 ? true : null });
    else doc.getMap("map").set("ab"[random(2)]!, random(9));
  }
  return made;
}

/** What a server that holds the document makes of them: its changes. */
function changes(server: Y.Doc, updates: readonly Uint8Array[]): Uint8Array[] {
  return updates.flatMap((update) => effectiveUpdate(server, update) ?? []);
}

function content(server: Y.Doc) {
  const doc = fork(server);
  return {
    text: doc.getText("content").toDelta(),
    paragraph: doc.getXmlFragment("default").get(0).toString(),
    map: doc.getMap("map").toJSON(),
  };
}

it("is said only of changes that are still changes, and the same, after the others", () => {
  const random = draws(anySeed());
  let said = 0;
  for (let run = 0; run < 300; run++) {
    const base = new Y.Doc();
    base.getXmlFragment("default").insert(0, [new Y.XmlText("0123456789")]);
    edits(base, 1 + random(20), random);
    const [here, there] = [fork(base), fork(base)];
    const ours = changes(here, edits(fork(base), 1 + random(4), random));
    const theirs = changes(there, edits(fork(base), 1 + random(4), random));
    if (!independent(ours, theirs)) continue;
    said++;
    for (const update of theirs) applyCommitted(here, update);
    let effective = 0;
    there.on("update", () => effective++);
    for (const update of ours) applyCommitted(there, update);
    expect(effective).toBe(ours.length);
    expect(content(here)).toEqual(content(there));
  }
  expect(said).toBeGreaterThan(50);
});

it("is not said of what is told twice, nor of what both delete", () => {
  const base = new Y.Doc();
  base.getText("content").insert(0, "0123456789");
  const one = (edit: (text: Y.Text) => void, doc = fork(base)) => {
    const made: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => made.push(update));
    edit(doc.getText("content"));
    return made;
  };
  const moved = one((text) => text.insert(3, "x"));
  expect(independent(moved, [...one((text) => text.insert(0, "y")), ...moved])).toBe(false);
  const cut = (from: number, length: number) => one((text) => text.delete(from, length));
  expect(independent(cut(2, 3), cut(4, 3))).toBe(false);
  expect(independent([...cut(0, 1), ...cut(9, 1)], [...cut(3, 1), ...cut(9, 1)])).toBe(false);
  expect(independent([...cut(0, 2), ...cut(8, 2)], cut(4, 2))).toBe(true);
  expect(independent([], cut(4, 2))).toBe(true);
});

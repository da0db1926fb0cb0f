import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { revertUpdate } from "./restore.js";

/** A small seeded generator (mulberry32): a failing seed replays exactly. */
function prng(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One random edit of text with formatting, an XML fragment, a map or an array. */
function edit(doc: Y.Doc, random: (below: number) => number): void {
  const text = doc.getText("content");
  const fragment = doc.getXmlFragment("default");
  const map = doc.getMap<unknown>("map");
  const list = doc.getArray<unknown>("list");
  switch (random(8)) {
    case 0:
    case 1:
      return text.insert(random(text.length + 1), "abcdefgh".slice(0, 1 + random(7)));
    case 2:
      return text.length > 2 ? text.delete(random(text.length - 1), 1) : text.insert(0, "seed");
    case 3:
      return text.length > 2
        ? text.format(0, 1 + random(text.length - 1), { bold: random(2) ? true : null })
        : undefined;
    case 4: {
      const element = new Y.XmlElement(["paragraph", "heading"][random(2)]!);
      element.insert(0, [new Y.XmlText(`run ${random(100)}`)]);
      return fragment.insert(random(fragment.length + 1), [element]);
    }
    case 5: {
      const child = fragment.length > 0 ? fragment.get(random(fragment.length)) : undefined;
      if (child instanceof Y.XmlElement && random(2)) {
        child.setAttribute("level", String(random(6)));
        return;
      }
      return fragment.length > 0 ? fragment.delete(random(fragment.length), 1) : undefined;
    }
    case 6:
      map.set("abc"[random(3)]!, random(3) ? random(100) : new Y.Map([["n", random(9)]]));
      return;
    default:
      return list.length > 3 && random(2)
        ? list.delete(random(list.length), 1)
        : list.insert(random(list.length + 1), [random(100)]);
  }
}

const content = (doc: Y.Doc) => ({
  text: doc.getText("content").toDelta(),
  fragment: doc.getXmlFragment("default").toString(),
  map: doc.getMap("map").toJSON(),
  list: doc.getArray("list").toJSON(),
});

/** Three peers edit at once and meet at random moments; every update in the order in which a server would commit it. */
function randomHistory(seed: number, length: number): Uint8Array[] {
  const random = prng(seed);
  const log: Uint8Array[] = [];
  const peers = [11, 22, 33].map((clientID) => {
    const doc = new Y.Doc({ gc: false });
    doc.clientID = clientID + seed * 100;
    return { doc, seen: 0 };
  });
  while (log.length < length) {
    const peer = peers[random(3)]!;
    if (random(3) === 0)
      for (; peer.seen < log.length; peer.seen++) Y.applyUpdate(peer.doc, log[peer.seen]!, "remote");
    const keep = (update: Uint8Array, origin: unknown) => void (origin !== "remote" && log.push(update));
    peer.doc.on("update", keep);
    peer.doc.transact(() => edit(peer.doc, random));
    peer.doc.off("update", keep);
  }
  return log;
}

function at(log: readonly Uint8Array[], version: number, gc: boolean): Y.Doc {
  const doc = new Y.Doc({ gc });
  for (const update of log.slice(0, version)) Y.applyUpdate(doc, update);
  return doc;
}

describe("restoring a version", () => {
  it("gives exactly the content of that version, for random concurrent histories of every type", () => {
    let reverts = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const log = randomHistory(seed, 60);
      const version = prng(seed * 7)(60);
      const update = revertUpdate(at(log, version, false), log.slice(version));
      const head = at(log, log.length, true);
      if (update) {
        reverts++;
        Y.applyUpdate(head, update);
      }
      expect(content(head), `seed ${seed}, version ${version}`).toEqual(content(at(log, version, true)));
    }
    expect(reverts).toBeGreaterThan(30);
  });

  it("leaves what both versions share in place, so that positions into it still hold", () => {
    const doc = new Y.Doc({ gc: false });
    const log: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => log.push(update));
    const text = doc.getText("content");
    text.insert(0, "the offer price");
    const position = Y.createRelativePositionFromTypeIndex(text, 10);
    text.insert(0, "Draft: ");
    text.delete(11, 6);
    const update = revertUpdate(at(log, 1, false), log.slice(1));
    Y.applyUpdate(doc, update!);
    expect(text.toString()).toBe("the offer price");
    expect(Y.createAbsolutePositionFromRelativePosition(position, doc)?.index).toBe(10);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { sliceUpdate } from "./slice-update.js";

/** What a person of several does, by numbers that are cut to what is there. */
interface Deed {
  readonly who: number;
  readonly what: number;
  readonly at: number;
  readonly text: string;
}
const deed = fc.record({
  who: fc.nat(2),
  what: fc.nat(9),
  at: fc.nat(1000),
  text: fc.oneof(
    fc.constantFrom("𠵱", "😀", "a\u0000b", "本", "👩‍👩‍👧"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }),
  ),
});

function act(doc: Y.Doc, { what, at, text }: Deed): void {
  const content = doc.getText("content");
  const list = doc.getArray<unknown>("list");
  const xml = doc.getXmlFragment("default");
  // A cut character is damaged for ever, in one document and not in another: that is tried elsewhere.
  const whole = (index: number) =>
    /[\udc00-\udfff]/.test(content.toString()[index] ?? "") ? index - 1 : index;
  const place = whole(at % (content.length + 1));
  const upTo = (length: number) => whole(Math.min(place + length, content.length)) - place;
  switch (what) {
    case 0:
      return content.delete(place, upTo(at % 40));
    case 1:
      return content.format(place, upTo(5), { bold: at % 2 === 0 });
    case 2:
      return list.insert(at % (list.length + 1), [text, at, { text }, [null, true]]);
    case 3:
      return list.length > 0 ? list.delete(at % list.length, 1) : undefined;
    case 4:
      return void doc.getMap("map").set(String(at % 3), text);
    case 5:
      return xml.insert(at % (xml.length + 1), [new Y.XmlElement("p"), new Y.XmlText(text)]);
    case 6:
      return xml.length > 0 ? xml.delete(at % xml.length, 1) : undefined;
    case 7: {
      const inner = new Y.Map();
      list.push([inner]);
      inner.set("of", new Y.Text(text));
      return;
    }
    default:
      return content.insert(place, text);
  }
}

/** Three people who hear of each other now and then; what the first has at the end, and what was there when they began. */
function history(before: readonly Deed[], after: readonly Deed[]): { base: Uint8Array; doc: Y.Doc } {
  const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc(), { clientID }));
  const play = (deeds: readonly Deed[]) => {
    for (const [n, one] of deeds.entries()) {
      act(docs[one.who]!, one);
      if (n % 4 === 0) meet(docs);
    }
    meet(docs);
  };
  play(before);
  const base = Y.encodeStateAsUpdate(docs[0]!);
  play(after);
  return { base, doc: docs[0]! };
}

function meet(docs: readonly Y.Doc[]): void {
  const updates = docs.map((doc) => Y.encodeStateAsUpdate(doc));
  for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update);
}

function load(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

/**
 * All that can be seen of a document, and all that it knows as deleted. Yjs tidies formatting after each update, so where there is any,
 * it deletes more marks the more updates there are.
 */
function shape(doc: Y.Doc, formatted = false): unknown {
  const { content, list, map } = {
    content: doc.getText("content").toDelta(),
    list: doc.getArray("list").toJSON(),
    map: doc.getMap("map").toJSON(),
  };
  const deleted =
    formatted || [...Y.createDeleteSetFromStructStore(doc.store).clients].sort(([a], [b]) => a - b);
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b);
  return { content, list, map, xml: doc.getXmlFragment("default").toString(), deleted, clocks };
}

describe("the slices of an update", () => {
  it("are small, build on nothing later, cut no character, and are together the update", () => {
    fc.assert(
      fc.property(
        fc.array(deed, { maxLength: 15 }),
        fc.array(deed, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 120, max: 2000 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (before, after, maxBytes, maxStructs, whole) => {
          const { base, doc } = history(before, after);
          const update = whole
            ? Y.encodeStateAsUpdate(doc)
            : Y.encodeStateAsUpdate(doc, Y.encodeStateVectorFromUpdate(base));
          const slices = [...sliceUpdate(update, maxBytes, maxStructs)];
          const taker = whole ? new Y.Doc() : load(base);
          for (const slice of slices) {
            const { structs, ds } = Y.decodeUpdate(slice);
            const ranges = [...ds.clients.values()].reduce((sum, { length }) => sum + length, 0);
            expect(structs.length + ranges).toBeLessThanOrEqual(maxStructs);
            if (structs.length > 1 || slice.length > 500) expect(slice.length).toBeLessThanOrEqual(maxBytes);
            for (const struct of structs)
              if (struct instanceof Y.Item && struct.content instanceof Y.ContentString)
                expect(struct.content.str.isWellFormed()).toBe(true);
            Y.applyUpdate(taker, slice);
            expect([taker.store.pendingStructs, taker.store.pendingDs]).toEqual([null, null]);
          }
          const formatted = [...before, ...after].some(({ what }) => what === 1);
          expect(shape(taker, formatted)).toEqual(shape(doc, formatted));
          expect(shape(load(base, Y.mergeUpdates(slices)), formatted)).toEqual(shape(doc, formatted));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("of a text that is larger than they may be are cut between characters", () => {
    const doc = new Y.Doc();
    const text = "a😀本𠵱".repeat(2000);
    doc.getText("content").insert(0, text);
    const slices = [...sliceUpdate(Y.encodeStateAsUpdate(doc), 1000, 10)];
    expect(slices.length).toBeGreaterThan(20);
    for (const slice of slices) {
      expect(slice.length).toBeLessThanOrEqual(1000);
      for (const struct of Y.decodeUpdate(slice).structs)
        expect(struct instanceof Y.Item && struct.content instanceof Y.ContentString).toBe(true);
    }
    expect(
      load(...slices)
        .getText("content")
        .toString(),
    ).toBe(text);
  });

  it("of a text that was written into are the update, whatever stands behind each part of it", () => {
    const doc = new Y.Doc();
    const content = doc.getText("content");
    for (const at of [0, 700, 350, 1, 2000, 5])
      content.insert(Math.min(at, content.length), "本é".repeat(400));
    content.delete(123, 1);
    doc.getXmlFragment("default").insert(0, [new Y.XmlElement("p"), new Y.XmlText("x".repeat(900))]);
    const update = Y.encodeStateAsUpdate(doc);
    for (const size of [100, 333, 1000, 5000])
      expect(shape(load(...sliceUpdate(update, size, 1000)))).toEqual(shape(doc));
  });

  it("of long lists are cut between elements, and what is one value is left whole", () => {
    const doc = new Y.Doc();
    doc.getArray("list").insert(
      0,
      Array.from({ length: 500 }, (_, n) => ({ n, word: "x".repeat(n % 20) })),
    );
    doc.getMap("map").set("one", "y".repeat(5000));
    const slices = [...sliceUpdate(Y.encodeStateAsUpdate(doc), 400, 100)];
    const large = slices.filter(({ length }) => length > 400);
    expect(large).toHaveLength(1);
    expect(Y.decodeUpdate(large[0]!).structs).toHaveLength(1);
    expect(shape(load(...slices))).toEqual(shape(doc));
  });

  it("end where others wrote between them as the whole does", () => {
    const [away, here] = [1, 2].map((clientID) => Object.assign(new Y.Doc(), { clientID }));
    away!.getText("content").insert(0, "shared text");
    Y.applyUpdate(here!, Y.encodeStateAsUpdate(away!));
    const known = Y.encodeStateVector(here!);
    away!.getText("content").insert(6, "<offline>".repeat(300));
    away!.getText("content").delete(0, 3);
    const update = Y.encodeStateAsUpdate(away!, known);
    for (const slice of sliceUpdate(update, 200, 50)) {
      Y.applyUpdate(here!, slice);
      here!.getText("content").insert(here!.getText("content").length - 3, "!");
    }
    Y.applyUpdate(away!, Y.encodeStateAsUpdate(here!));
    expect(shape(here!)).toEqual(shape(away!));
    expect(shape(load(Y.encodeStateAsUpdate(here!)))).toEqual(shape(here!));
  });

  it("of an update that says that something is lacking say so too", () => {
    const doc = new Y.Doc();
    doc.clientID = 1;
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    for (const word of ["one", "two", "three"]) doc.getText("content").insert(0, word);
    const slices = [...sliceUpdate(Y.mergeUpdates([updates[0]!, updates[2]!]), 1000, 100)];
    expect(slices).toHaveLength(1);
    const taker = load(...slices);
    expect(taker.getText("content").toString()).toBe("one");
    Y.applyUpdate(taker, updates[1]!);
    expect(shape(taker)).toEqual(shape(doc));
  });

  it("of nothing are one that says nothing; of what is no update there are none", () => {
    expect([...sliceUpdate(Uint8Array.of(0, 0), 100, 10)]).toEqual([Uint8Array.of(0, 0)]);
    const good = Y.encodeStateAsUpdate(load(history([], [{ who: 0, what: 9, at: 0, text: "abc" }]).base));
    for (const bytes of [[], [1], [1, 2, 3, 4, 5], [1, 1, 1, 0, 31, 0, 0], ...cuts(good)])
      expect(() => [...sliceUpdate(Uint8Array.from(bytes), 100, 10)]).toThrow();
  });

  it("of structs that name each other come to an end", () => {
    // Two clients, each of whose first item claims to stand behind the other's.
    const item = (of: number, after: number) => [1, of, 0, 0x84, after, 0, 1, 97];
    const slices = [...sliceUpdate(Uint8Array.from([2, ...item(2, 1), ...item(1, 2), 0]), 100, 1)];
    expect(slices).toHaveLength(2);
  });
});

/** A good update, cut short anywhere. */
function cuts(update: Uint8Array): number[][] {
  return Array.from({ length: update.length - 1 }, (_, n) => [...update.subarray(0, n)]);
}

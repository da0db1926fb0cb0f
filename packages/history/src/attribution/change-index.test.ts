import { Lane } from "@onrecord/core/lane";
import { seeds } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { randomHistory } from "../testing/random-history.js";
import { ChangeIndex } from "./change-index.js";

const at = new Date(0);

/** An index of what `write` does to a document of clientID 7, one version for each transaction; all brought by `carrierId`. */
function indexed(carrierId: string | null, write: (doc: Y.Doc) => void, relayed = false) {
  const index = new ChangeIndex();
  const doc = new Y.Doc();
  doc.clientID = 7;
  doc.on("update", (update: Uint8Array) => index.add(update, { at, carrierId, relayed }));
  write(doc);
  return index;
}
const typed = (doc: Y.Doc) => {
  doc.getText("content").insert(0, "abcdef");
  doc.getText("content").delete(1, 2);
};
const told = (runs: Iterable<{ clock: number; length: number; version: number | null; origin: object }>) =>
  Array.from(runs, ({ clock, length, version, origin }) => [clock, length, version, origin]);

describe("the index of a history", () => {
  it("says the same when it was packed and went elsewhere, and when it was added in slices", async () => {
    for (const seed of seeds(10)) {
      const { versions } = randomHistory(seed, 60);
      const [whole, sliced] = [new ChangeIndex(), new ChangeIndex()];
      const slices = new Lane(0).begin();
      for (const [i, { update, carrierId, at }] of versions.entries()) {
        const facts = { carrierId, at, relayed: i % 3 === 0 };
        whole.add(update, facts);
        await sliced.addInSlices(update, facts, slices);
      }
      const bindings = [{ clientId: 7, clock: 4, userId: "ada", since: 1 }];
      for (const index of [whole, sliced]) index.bind(bindings);
      const packed = ChangeIndex.of(structuredClone(await sliced.pack(slices)));
      expect(packed.version).toBe(whole.version);
      const clients = new Set(versions.flatMap(({ update }) => [...Y.parseUpdateMeta(update).to.keys()]));
      for (const client of clients) {
        const of = (index: ChangeIndex) => [
          told(index.insertions(client, 0, 500)),
          told(index.deletions(client, 0, 500)),
        ];
        expect(of(packed), `ONRECORD_SEED=${seed}`).toEqual(of(whole));
        expect(of(sliced), `ONRECORD_SEED=${seed}`).toEqual(of(whole));
      }
    }
  });

  it("cuts an insertion where the ownership of its clientID changes", () => {
    const index = indexed("carol", typed);
    index.bind([
      { clientId: 7, clock: 4, userId: "ada", since: 1 },
      { clientId: 7, clock: 0, userId: "ada", since: 0 },
      { clientId: 7, clock: 2, userId: null, since: 1 },
      // Added when it was there already: nobody is proven by that.
      { clientId: 7, clock: 3, userId: "eve", since: 2 },
    ]);
    const ada = { standing: "PROVEN", userId: "ada", carrierId: "carol" };
    const relayed = { standing: "RELAYED", userId: null, carrierId: "carol" };
    expect(told(index.insertions(7, 1, 5))).toEqual([
      [1, 1, 1, ada],
      [2, 2, 1, relayed],
      [4, 2, 1, ada],
    ]);
  });

  it("says unknown of a clientID that nobody proved, and house of what nobody brought", () => {
    expect(told(indexed("carol", typed).insertions(7, 0, 1))[0]?.[3]).toEqual({
      standing: "UNKNOWN",
      userId: null,
      carrierId: "carol",
    });
    expect(told(indexed(null, typed).insertions(7, 0, 1))[0]?.[3]).toMatchObject({ standing: "SYSTEM" });
  });

  it("gives a deletion to its carrier, and to nobody when it was relayed", () => {
    expect(told(indexed("carol", typed).deletions(7, 1, 2))).toEqual([
      [1, 2, 2, { standing: "PROVEN", userId: "carol", carrierId: "carol" }],
    ]);
    expect(told(indexed("carol", typed, true).deletions(7, 1, 2))[0]?.[3]).toMatchObject({
      standing: "RELAYED",
      userId: null,
    });
  });

  it("attributes nothing to a delete set that is sent again", () => {
    const index = new ChangeIndex();
    const doc = new Y.Doc();
    doc.clientID = 7;
    typed(doc);
    index.add(Y.encodeStateAsUpdate(doc), { at, carrierId: "ada", relayed: false });
    index.add(Y.encodeStateAsUpdate(doc), { at, carrierId: "bob", relayed: false });
    expect(told(index.deletions(7, 1, 2))).toEqual([[1, 2, 1, expect.objectContaining({ userId: "ada" })]]);
  });
});

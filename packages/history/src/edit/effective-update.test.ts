import { draws, seeds } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { effectiveUpdate, lacking } from "./effective-update.js";

const clocks = (doc: Y.Doc) => Y.decodeStateVector(Y.encodeStateVector(doc));
const delta = (doc: Y.Doc) => doc.getText("content").toDelta();

describe("what an update changed", () => {
  it("is everything, also where Yjs tidies formatting after it in a transaction of its own", () => {
    let tidied = 0;
    for (const seed of seeds(25)) {
      const random = draws(seed);
      const server = new Y.Doc();
      const follower = new Y.Doc();
      let events = 0;
      server.on("update", () => void events++);
      const peers = [1, 2].map((clientID) => {
        const doc = new Y.Doc();
        doc.clientID = clientID;
        const waiting: Uint8Array[] = [];
        doc.on(
          "update",
          (update: Uint8Array, origin: unknown) => void (origin !== "remote" && waiting.push(update)),
        );
        return { doc, waiting, log: [] as Uint8Array[] };
      });
      for (let step = 0; step < 80; step++) {
        const index = random(2);
        edit(peers[index]!.doc, random);
        if (random(3)) continue;
        const from = random(2);
        for (const update of peers[from]!.waiting.splice(0)) {
          events = 0;
          const effective = effectiveUpdate(server, update);
          if (events > 1) tidied++;
          // Nothing, where both have deleted the same.
          if (effective === null) continue;
          Y.applyUpdate(follower, effective);
          Y.applyUpdate(peers[1 - from]!.doc, effective, "remote");
          // Content where one follows another is the same; how runs are cut may differ until both have tidied.
          expect(follower.getText("content").toString(), `ONRECORD_SEED=${seed}, step ${step}`).toBe(
            server.getText("content").toString(),
          );
          expect(clocks(follower)).toEqual(clocks(server));
        }
      }
    }
    expect(tidied).toBeGreaterThan(5);
  });

  it("is nothing when it is known already, and only what is new when part of it is", () => {
    const source = new Y.Doc();
    source.getText("content").insert(0, "one ");
    const first = Y.encodeStateAsUpdate(source);
    source.getText("content").insert(4, "two");
    const both = Y.encodeStateAsUpdate(source);
    const doc = new Y.Doc();
    expect(effectiveUpdate(doc, first)).not.toBeNull();
    expect(effectiveUpdate(doc, first)).toBeNull();
    const rest = effectiveUpdate(doc, both)!;
    expect(rest.length).toBeLessThan(both.length);
    const follower = new Y.Doc();
    Y.applyUpdate(follower, first);
    Y.applyUpdate(follower, rest);
    expect(delta(follower)).toEqual([{ insert: "one two" }]);
  });

  it("throws for what is no update", () => {
    expect(() => effectiveUpdate(new Y.Doc(), Buffer.from("ffffffffff", "hex"))).toThrow();
  });
});

function edit(doc: Y.Doc, random: (below: number) => number): void {
  const text = doc.getText("content");
  const kind = random(4);
  if (kind === 0 || text.length < 4)
    text.insert(random(text.length + 1), "abc", random(2) ? { bold: true } : undefined);
  else if (kind === 1) text.delete(random(text.length - 2), 1 + random(2));
  else {
    const at = random(text.length - 1);
    text.format(at, 1 + random(text.length - at), {
      [random(2) ? "bold" : "italic"]: random(2) ? true : null,
    });
  }
}

describe("what a document lacks of an update", () => {
  it("is all that applying it would change, and deletes nothing twice", () => {
    let nothing = 0;
    for (const seed of seeds(200)) {
      const random = draws(seed);
      const base = new Y.Doc();
      base.getText("content").insert(0, "what was there before");
      const written = (clientID: number, edits: number) => {
        const doc = new Y.Doc();
        doc.clientID = clientID;
        Y.applyUpdate(doc, Y.encodeStateAsUpdate(base));
        const updates: Uint8Array[] = [];
        doc.on("update", (update: Uint8Array) => void updates.push(update));
        for (let i = 0; i < edits; i++) edit(doc, random);
        return updates;
      };
      const theirs = written(1, random(6));
      const ours = Y.mergeUpdates([Y.encodeStateAsUpdate(base), ...written(2, 1 + random(4))]);
      const head = clone(base);
      for (const update of theirs) Y.applyUpdate(head, update);
      const both = clone(head);
      Y.applyUpdate(both, ours);

      const left = lacking(head, ours);
      if (left === null) nothing++;
      else {
        for (const [client, ranges] of Y.decodeUpdate(left).ds.clients)
          for (const { clock, len } of ranges)
            for (let at = clock; at < clock + len; at++)
              expect([seed, isDeleted(head, client, at)]).toEqual([seed, false]);
        Y.applyUpdate(head, left);
      }
      expect([seed, delta(head), clocks(head)]).toEqual([seed, delta(both), clocks(both)]);
      expect([seed, lacking(head, ours)]).toEqual([seed, null]);
    }
    expect(nothing).toBeGreaterThan(0);
  });

  it("is nothing where what it deletes went with something around it, also if no update told that", () => {
    const doc = new Y.Doc();
    const nested = new Y.Text("inside");
    doc.getMap("content").set("key", nested);
    const draft = clone(doc);
    const before = Y.encodeStateVector(draft);
    (draft.getMap("content").get("key") as Y.Text).delete(0, 6);
    const ours = Y.encodeStateAsUpdate(draft, before);
    doc.getMap("content").set("key", "something else");
    expect(lacking(doc, ours)).toBeNull();
  });
});

function clone(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

function isDeleted({ store }: Y.Doc, client: number, clock: number): boolean {
  return clock < Y.getState(store, client) && Y.getItem(store, Y.createID(client, clock)).deleted;
}

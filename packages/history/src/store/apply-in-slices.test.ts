import { Lane } from "@onrecord/core/lane";
import { seeds } from "@onrecord/core/testing/random";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { randomHistory, replay } from "../testing/random-history.js";
import { applyCommitted } from "./apply-committed.js";
import { applyInSlices } from "./apply-in-slices.js";
import { contentDigest } from "./content-digest.js";

/** Every slice has its own turn. */
const lane = new Lane(0);

/** The ids in the order in which Yjs takes them in. */
async function orderOf(work: (doc: Y.Doc) => Promise<void> | void): Promise<{ doc: Y.Doc; order: string[] }> {
  const doc = new Y.Doc();
  const order: string[] = [];
  const integrate = Y.Item.prototype.integrate;
  const spy = vi.spyOn(Y.Item.prototype, "integrate").mockImplementation(function (this: Y.Item, ...given) {
    for (let i = 0; i < this.length; i++) order.push(`${this.id.client} ${this.id.clock + i}`);
    integrate.apply(this, given);
  });
  await work(doc);
  spy.mockRestore();
  return { doc, order };
}

async function expectSame(update: Uint8Array, seed: string): Promise<number> {
  let turns = 0;
  const slices = Object.assign(lane.begin(), {
    next: async () => {
      turns++;
    },
  });
  const whole = await orderOf((doc) => applyCommitted(doc, update));
  const sliced = await orderOf((doc) => applyInSlices(doc, update, slices, { bytes: 96, structs: 5 }));
  expect(sliced.order, seed).toEqual(whole.order);
  expect(contentDigest(sliced.doc), seed).toBe(contentDigest(whole.doc));
  expect(Y.encodeStateAsUpdate(sliced.doc), seed).toEqual(Y.encodeStateAsUpdate(whole.doc));
  expect(sliced.doc.store.pendingStructs, seed).toBe(null);
  expect(sliced.doc.store.pendingDs, seed).toEqual(whole.doc.store.pendingDs);
  return turns;
}

afterEach(() => vi.restoreAllMocks());

describe("an update that is applied in slices", () => {
  it("makes of random peers' documents what it makes in one go, taking their items in the same order", async () => {
    let turns = 0;
    for (const seed of seeds(20)) {
      const { versions } = randomHistory(seed, 80, { wide: true });
      const doc = replay(versions, versions.length);
      // No version builds on what is not there: that is dropped before it is committed.
      if (doc.store.pendingStructs === null)
        turns += await expectSame(Y.encodeStateAsUpdate(doc), `ONRECORD_SEED=${seed}`);
    }
    expect(turns).toBeGreaterThan(20);
  });

  it("does so where an editor has lied of what it had seen, and left the order open", async () => {
    const doc = new Y.Doc();
    for (const hex of [
      "01 01 0900 04 0107636f6e74656e74 03616263 00",
      "01 01 0500 84 0901 0175 00",
      "01 01 1400 c4 0900 0500 0176 00",
    ])
      applyCommitted(doc, Buffer.from(hex.replaceAll(" ", ""), "hex"));
    expect(doc.getText("content").toString()).toBe("abvuc");
    await expectSame(Y.encodeStateAsUpdate(doc), "the lie");
  });
});

import { anySeed, Random } from "@onrecord/core/testing/random";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { inspect } from "./inspect.js";
import { mergeSteps } from "./merge-steps.js";

const most = 1_000_000;
const steps = (doc: Y.Doc, update: Uint8Array) => mergeSteps(doc, inspect(update), most);

/** A writer who hears nobody: what each of its acts says. */
class Deaf {
  readonly doc = new Y.Doc();
  readonly said: Uint8Array[] = [];
  readonly text = this.doc.getText("content");

  constructor(readonly clientID: number) {
    this.doc.clientID = clientID;
    this.doc.on("update", (update: Uint8Array) => this.said.push(update));
  }

  onTop(count: number): this {
    for (let i = 0; i < count; i++) this.text.insert(0, "x");
    return this;
  }
}

/** How many items Yjs itself passes when it takes an update: each is put into two sets for every new item. */
function passed(doc: Y.Doc, update: Uint8Array): number {
  const { add } = Set.prototype;
  let count = 0;
  Set.prototype.add = function (this: Set<unknown>, value: unknown) {
    if (value instanceof Y.Item) count++;
    return add.call(this, value);
  };
  try {
    Y.applyUpdate(doc, update);
  } finally {
    Set.prototype.add = add;
  }
  return count / 2;
}

describe("merge steps", () => {
  it("are none for people who hear each other, wherever they write", () => {
    const random = new Random(anySeed());
    const [server, ana, ben] = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
    server.getText("content").insert(0, "what was there");
    for (let i = 0; i < 200; i++) {
      const writer = random.chance(0.5) ? ana : ben;
      Y.applyUpdate(writer, Y.encodeStateAsUpdate(server, Y.encodeStateVector(writer)));
      const text = writer.getText("content");
      text.insert(random.int(0, text.length), "word");
      if (random.chance(0.3)) text.delete(random.int(0, text.length - 2), 2);
      const update = Y.encodeStateAsUpdate(writer, Y.encodeStateVector(server));
      expect(steps(server, update)).toBeLessThanOrEqual(2);
      Y.applyUpdate(server, update);
    }
  });

  it("are the others' items for each that is put on top without hearing them, in one message as in many", () => {
    const [low, high] = [new Deaf(1).onTop(50), new Deaf(2).onTop(40)];
    for (const merged of [true, false]) {
      const server = new Y.Doc();
      Y.applyUpdate(server, Y.encodeStateAsUpdate(low.doc));
      let sum = 0;
      for (const update of merged ? [Y.mergeUpdates(high.said)] : high.said) {
        sum += steps(server, update);
        Y.applyUpdate(server, update);
      }
      expect(sum).toBe(50 * 40);
    }
    const both = Y.mergeUpdates([...low.said, ...high.said]);
    expect(steps(new Y.Doc(), both)).toBe(50 * 40);
  });

  it("are counted once for what somebody wrote in one piece while others wrote there", () => {
    const [ana, ben] = [new Deaf(1), new Deaf(2)];
    for (let i = 0; i < 100; i++) ana.text.insert(i, "a");
    for (let i = 0; i < 30; i++) ben.onTop(1);
    const server = new Y.Doc();
    for (const update of ben.said) Y.applyUpdate(server, update);
    let sum = 0;
    for (const update of ana.said) {
      sum += steps(server, update);
      Y.applyUpdate(server, update);
    }
    // Each character but the first meets one of the others', and stops.
    expect(sum).toBe(30 + 99);
  });

  it("are about as many as Yjs passes, or more, in lists, texts and maps of writers who hear each other now and then", () => {
    const random = new Random(anySeed());
    for (let round = 0; round < 30; round++) {
      const server = new Y.Doc();
      const writers = Array.from({ length: 4 }, () => new Y.Doc());
      for (let act = 0; act < 60; act++) {
        const doc = random.pick(writers);
        const list = doc.getArray("list");
        const map = doc.getMap("map");
        doc.transact(() => {
          for (let i = random.int(1, 6); i > 0; i--) {
            const kind = random.below(3);
            if (kind === 0) map.set(random.pick(["a", "b"]), i);
            else if (kind === 1) list.insert(random.int(0, list.length), [i]);
            else doc.getText("content").insert(random.chance(0.5) ? 0 : doc.getText("content").length, "xy");
          }
        });
        if (random.chance(0.4)) {
          const update = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server));
          const told = steps(server, update);
          expect(passed(server, update)).toBeLessThanOrEqual(told + 10);
          if (random.chance(0.3)) Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
        }
      }
    }
  });

  it("stop counting where it is enough", () => {
    const [low, high] = [new Deaf(1).onTop(500), new Deaf(2).onTop(500)];
    expect(mergeSteps(low.doc, inspect(Y.mergeUpdates(high.said)), 1000)).toBeLessThanOrEqual(2000);
  });
});

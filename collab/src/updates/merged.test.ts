import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { merged } from "./merged.js";

/** The updates of a text that is written by these steps, and what it says in the end. */
function written(steps: readonly ((text: Y.Text) => void)[]) {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (const step of steps) step(doc.getText("content"));
  return { updates, says: doc.getText("content").toString() };
}
const read = (updates: readonly Uint8Array[]) => {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText("content").toString();
};
const type = (text: Y.Text) => text.insert(text.length, "a");

describe("updates that go out as fewer", () => {
  it("say the same, many small ones as one for each hundred", () => {
    const { updates, says } = written([
      ...Array.from({ length: 250 }, () => type),
      (text) => text.delete(10, 100),
    ]);
    const fewer = [...merged(updates)];
    expect(fewer).toHaveLength(3);
    expect(read(fewer)).toBe(says);
  });

  it("leave large ones as they are, with what is small on either side of them together", () => {
    const large = (text: Y.Text) => text.insert(0, "large ".repeat(50_000));
    const { updates, says } = written([type, type, large, type, type, large, large]);
    const fewer = [...merged(updates)];
    expect(fewer).toHaveLength(5);
    // The very same bytes: nothing was read to put them together.
    for (const index of [2, 5, 6]) expect(fewer).toContain(updates[index]);
    expect(read(fewer)).toBe(says);
  });

  it("are none of none", () => expect([...merged([])]).toEqual([]));
});

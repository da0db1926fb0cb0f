import { expect, it } from "vitest";
import * as Y from "yjs";
import { effectOf, Knowledge } from "./conversation.js";

/** Three steps of one author: types, deletes a part, and types something that is gone at once. */
function steps(): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const text = doc.getText("t");
  text.insert(0, "hello world");
  text.delete(2, 3);
  doc.transact(() => {
    text.insert(0, "oops");
    text.delete(0, 4);
  });
  return updates;
}

it("knows a line as received whether it comes alone or merged, deletions included", () => {
  const lines = steps();
  const effects = lines.map(effectOf);
  const alone = new Knowledge();
  for (const [index, line] of lines.entries()) {
    expect(effects.map((effect) => alone.has(effect))).toEqual(effects.map((_, i) => i < index));
    alone.learn(effectOf(line));
  }
  const merged = new Knowledge();
  merged.learn(effectOf(Y.mergeUpdates(lines)));
  expect(effects.map((effect) => merged.has(effect))).toEqual([true, true, true]);
});

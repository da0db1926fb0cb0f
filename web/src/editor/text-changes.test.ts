import { EditorState, type TransactionSpec } from "@codemirror/state";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { changesOf, readText, writeChanges } from "./text-changes.js";

/** A view without a page: the same binding that the editor uses, on a state alone. */
function desk() {
  const doc = new Y.Doc();
  const text = doc.getText("content");
  const own = {};
  let state = EditorState.create({ doc: readText(text), extensions: [EditorState.lineSeparator.of("\n")] });
  text.observe((event, transaction) => {
    if (transaction.origin !== own) state = state.update({ changes: changesOf(event.delta) }).state;
  });
  return {
    doc,
    text,
    read: () => state.doc.toString(),
    length: () => state.doc.length,
    type(spec: TransactionSpec) {
      const made = state.update(spec);
      state = made.state;
      writeChanges(text, made.changes, own);
    },
  };
}

function exchange(a: Y.Doc, b: Y.Doc) {
  const toB = Y.encodeStateAsUpdate(a, Y.encodeStateVector(b));
  const toA = Y.encodeStateAsUpdate(b, Y.encodeStateVector(a));
  Y.applyUpdate(b, toB);
  Y.applyUpdate(a, toA);
}

test("several changes at once keep their places", () => {
  const one = desk();
  one.type({ changes: { from: 0, insert: "The Offer Price is HK$10" } });
  one.type({
    changes: [
      { from: 0, to: 3, insert: "This" },
      { from: 4, to: 9, insert: "Placing" },
      { from: 24, insert: "." },
    ],
  });
  expect(one.text.toString()).toBe("This Placing Price is HK$10.");
  expect(one.read()).toBe(one.text.toString());
});

test("carriage returns, emoji and line ends pass unchanged", () => {
  const one = desk();
  const two = desk();
  one.type({ changes: { from: 0, insert: "a\r\nb\rc\n😀 招股" } });
  exchange(one.doc, two.doc);
  expect(two.read()).toBe("a\r\nb\rc\n😀 招股");
  expect(two.text.toString()).toBe(one.read());
});

test("what is not text counts one and can be deleted", () => {
  const one = desk();
  one.type({ changes: { from: 0, insert: "ab" } });
  one.text.insertEmbed(1, { chart: 1 });
  expect(one.read()).toBe("a\ufffcb");
  one.type({ changes: { from: 1, to: 2 } });
  expect(one.text.toDelta()).toEqual([{ insert: "ab" }]);
});

test("random concurrent typing ends the same in both views and in the shared text (seed 7)", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const desks = [desk(), desk()] as const;
  for (let round = 0; round < 400; round++) {
    const at = desks[random(2) as 0 | 1];
    const from = random(at.length() + 1);
    const to = Math.min(at.length(), from + random(4));
    const later = Math.min(at.length(), to + random(5));
    const word = ["x", "\n", "ab\ncd", "", "é"][random(5)] ?? "";
    at.type({
      changes: [
        { from, to, insert: word },
        { from: later, insert: random(3) === 0 ? "!" : "" },
      ],
    });
    if (random(5) === 0) exchange(desks[0].doc, desks[1].doc);
    for (const { read, text } of desks) expect(read(), `round ${round}`).toBe(text.toString());
  }
  exchange(desks[0].doc, desks[1].doc);
  expect(desks[0].read()).toBe(desks[1].read());
});

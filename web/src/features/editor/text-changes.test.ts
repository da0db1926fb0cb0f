import { EditorState, type TransactionSpec } from "@codemirror/state";
import { describe, expect, it, test } from "vitest";
import * as Y from "yjs";
import { HeldChanges } from "./held-changes.js";
import { lineFeedsOnly } from "./line-ends.js";
import { changesOf, readText, writeChanges } from "./text-changes.js";
import { wellFormed } from "./whole-characters.js";

/** A view without a page: the same binding that the editor uses, on a state alone. */
function desk(doc = new Y.Doc()) {
  const text = doc.getText("content");
  const own = {};
  const held = new HeldChanges();
  const undos = new Y.UndoManager(text, { trackedOrigins: new Set([own]), captureTimeout: 0 });
  let composing: number | null = null;
  let ours = true;
  let state = EditorState.create({
    doc: readText(text),
    extensions: [EditorState.lineSeparator.of("\n"), lineFeedsOnly(() => ours)],
  });
  const show = (changes: TransactionSpec["changes"]) => {
    ours = false;
    state = state.update({ changes: changes ?? [] }).state;
    ours = true;
  };
  text.observe(({ delta }, { origin }) => {
    if (origin === own) return;
    const line = composing === null ? null : state.doc.lineAt(Math.min(composing, state.doc.length));
    const now = held.received(changesOf(held.shared(state.doc), delta, text), line);
    if (now !== null) show(now);
  });
  return {
    doc,
    text,
    held,
    undos,
    read: () => state.doc.sliceString(0, undefined, "\n"),
    length: () => state.doc.length,
    type(spec: TransactionSpec) {
      const made = state.update(spec);
      state = made.state;
      writeChanges(text, held.typed(made.startState.doc, made.newDoc, made.changes), own);
    },
    compose(at: number) {
      composing = at;
    },
    commit() {
      composing = null;
      show(held.release() ?? []);
    },
  };
}

type Desk = ReturnType<typeof desk>;

function exchange(a: Y.Doc, b: Y.Doc) {
  const toB = Y.encodeStateAsUpdate(a, Y.encodeStateVector(b));
  const toA = Y.encodeStateAsUpdate(b, Y.encodeStateVector(a));
  Y.applyUpdate(b, toB);
  Y.applyUpdate(a, toA);
}

/** Two people at one text, of whom each has what the other typed as soon as it is typed. */
function pair(): [Desk, Desk] {
  const desks: [Desk, Desk] = [desk(), desk()];
  for (const [a, b] of [desks, [desks[1], desks[0]] as const])
    a.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== "line") Y.applyUpdate(b.doc, update, "line");
    });
  return desks;
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

test("what is moved by drag and drop is taken and put in one change", () => {
  const one = desk();
  one.type({ changes: { from: 0, insert: "😀 price 😁" } });
  one.type({
    changes: [
      { from: 9, to: 11 },
      { from: 0, insert: "😁" },
    ],
  });
  expect(one.text.toString()).toBe("😁😀 price ");
});

test("line ends that are put in become line feeds, and what colleagues have stays as it is", () => {
  const [one, two] = pair();
  two.text.insert(0, "old\r\nold\r");
  one.type({
    changes: { from: 9, insert: "a\r\nb\rc\n😀 招股" },
    selection: { anchor: 9 + "a\r\nb\rc\n".length },
  });
  expect(one.text.toString()).toBe("old\r\nold\ra\nb\nc\n😀 招股");
  expect([one.read(), two.read()]).toEqual([one.text.toString(), one.text.toString()]);
});

test("what is not text counts one and can be deleted", () => {
  const one = desk();
  one.type({ changes: { from: 0, insert: "ab" } });
  one.text.insertEmbed(1, { chart: 1 });
  expect(one.read()).toBe("a\ufffcb");
  one.type({ changes: { from: 1, to: 2 } });
  expect(one.text.toDelta()).toEqual([{ insert: "ab" }]);
});

describe("characters of two units", () => {
  it.each([
    ["𠵱", "𠵇"],
    ["😀", "😁"],
    ["👍🏻", "👍🏿"],
    ["a😀b", "a😁c"],
  ])("are replaced whole when only one half changes: %s by %s, and undone whole", (first, second) => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: `(${first})` } });
    // As an editor tells it: less what begins and ends the same, in units.
    let from = 0;
    while (first[from] === second[from]) from++;
    let end = 0;
    while (first.at(-1 - end) === second.at(-1 - end)) end++;
    const change = {
      from: 1 + from,
      to: 1 + first.length - end,
      insert: second.slice(from, second.length - end),
    };
    one.type({ changes: change });
    for (const { text, read } of [one, two])
      expect([text.toString(), read()]).toEqual([`(${second})`, `(${second})`]);
    one.undos.undo();
    expect([one.read(), two.read()]).toEqual([`(${first})`, `(${first})`]);
    one.undos.redo();
    expect([one.read(), two.read()]).toEqual([`(${second})`, `(${second})`]);
  });

  it("are whole where two changes come so near that widening makes them touch", () => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: "😀😀😀" } });
    one.type({
      changes: [
        { from: 1, to: 2, insert: "\ude01" },
        { from: 3, to: 4, insert: "\ude02" },
        { from: 4, insert: "x" },
        { from: 5, to: 6, insert: "\ude03" },
      ],
    });
    expect([one.text.toString(), two.text.toString(), two.read()]).toEqual(Array(3).fill("😁😂x😃"));
  });

  it("that come in two halves are told as soon as both are there", () => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: "\ud83d" } });
    expect(two.read()).toBe("\ufffd");
    one.type({ changes: { from: 1, insert: "\ude00" } });
    expect([one.read(), two.read()]).toEqual(["😀", "😀"]);
  });

  it("that another editor cuts are shown as the shared text has them", () => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: "a😀b😁c" } });
    two.text.delete(2, 1);
    two.text.format(4, 1, { bold: true });
    expect(one.read()).toBe(one.text.toString());
    expect(one.read()).toBe("a\ufffdb\ufffd\ufffdc");
  });
});

describe("while an input method composes", () => {
  it("what a colleague writes into its line waits, and stands in both when it ends", () => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: "Price: .\nSecond" } });
    one.compose(7);
    one.type({ changes: { from: 7, insert: "ni" } });
    two.text.insert(0, "The ");
    two.text.insert(two.text.toString().indexOf("."), " HK$");
    expect(one.read()).toBe("Price: ni.\nSecond");
    one.type({ changes: { from: 9, insert: "h" } });
    two.text.insert(two.text.length, " line");
    one.type({ changes: { from: 7, to: 10, insert: "你好" } });
    expect(one.read()).toBe("Price: 你好.\nSecond");
    one.commit();
    expect(one.read()).toBe("The Price: 你好 HK$.\nSecond line");
    expect([one.text.toString(), two.read()]).toEqual([one.read(), one.read()]);
  });

  it("what is written elsewhere is shown at once, as long as nothing waits", () => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: "first\nsecond\nthird" } });
    one.compose(8);
    two.text.insert(0, "1 ");
    expect(one.read()).toBe("1 first\nsecond\nthird");
    one.compose(10);
    two.text.insert(two.text.length, "!");
    expect(one.read()).toBe("1 first\nsecond\nthird!");
    two.text.delete(7, 1);
    two.text.insert(0, "0");
    expect(one.read()).toBe("1 first\nsecond\nthird!");
    one.commit();
    expect(one.read()).toBe("01 firstsecond\nthird!");
  });

  it("carets of both stay at the character they stand behind", () => {
    const [one, two] = pair();
    one.type({ changes: { from: 0, insert: "abc def" } });
    one.compose(3);
    two.text.insert(0, "123 ");
    one.type({ changes: { from: 3, insert: "ni" } });
    expect(one.text.toString().slice(0, one.held.toShared(5))).toBe("123 abcni");
    expect(one.read().slice(0, one.held.toView("123 abcni d".length))).toBe("abcni d");
  });
});

test("undo takes back what was typed here, never a colleague's text, also after a reconnect", () => {
  const [one, two] = [desk(), desk()];
  one.type({ changes: { from: 0, insert: "mine" } });
  exchange(one.doc, two.doc);
  // Both are offline now.
  two.type({ changes: { from: 2, insert: "THEIRS" } });
  one.type({ changes: { from: 4, insert: " 😀" } });
  one.type({ changes: { from: 6, to: 7, insert: "\ude01" } });
  exchange(one.doc, two.doc);
  one.undos.undo();
  exchange(one.doc, two.doc);
  expect(two.read()).toBe("miTHEIRSne 😀");
  while (one.undos.undoStack.length > 0) one.undos.undo();
  exchange(one.doc, two.doc);
  expect([one.read(), two.read(), two.text.toString()]).toEqual(["THEIRS", "THEIRS", "THEIRS"]);
});

const words = [
  "x",
  "\n",
  "ab\ncd",
  "",
  "é",
  "😀",
  "😁",
  "𠵱",
  "𠵇",
  "👍🏻",
  "👍🏿",
  "👩‍👩‍👧",
  "\r\n",
  "a\rb",
  "\ud83d",
  "\ude00",
];

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "random concurrent typing, composed or not, in any unit, never leaves half a character, and both views become the shared text (seed %i)",
  (given) => {
    let seed = given;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const desks = [desk(), desk()] as const;
    let heldOnce = 0;
    for (let round = 0; round < 600; round++) {
      const at = desks[random(2) as 0 | 1];
      const from = random(at.length() + 1);
      const to = Math.min(at.length(), from + random(4));
      const later = Math.min(at.length(), to + random(5));
      if (random(4) === 0) at.compose(from);
      at.type({
        changes: [
          { from, to, insert: words[random(words.length)] ?? "" },
          { from: later, insert: random(3) === 0 ? (words[random(words.length)] ?? "") : "" },
        ],
      });
      if (random(12) === 0) at.undos.undo();
      if (random(5) === 0) exchange(desks[0].doc, desks[1].doc);
      if (random(4) === 0) at.commit();
      for (const { read, text, held } of desks) {
        const told = `round ${round}`;
        expect(wellFormed(text.toString()), told).toBe(text.toString());
        if (held.any) heldOnce++;
        else expect(wellFormed(read()), told).toBe(text.toString());
        expect(held.toShared(read().length), told).toBeLessThanOrEqual(text.length);
      }
    }
    exchange(desks[0].doc, desks[1].doc);
    for (const { commit } of desks) commit();
    expect(heldOnce).toBeGreaterThan(0);
    expect(desks[0].text.toString()).toBe(desks[1].text.toString());
    for (const { read, text } of desks) expect(wellFormed(read())).toBe(text.toString());
  },
);

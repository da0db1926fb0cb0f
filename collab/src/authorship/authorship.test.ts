import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { inspect } from "../updates/inspect.js";
import { Authors } from "./authors.js";
import type { Judgement, Step } from "./authorship.js";
import type { Speaker } from "./speakers.js";

const ANA = "ana";
const BEN = "ben";

interface Scene {
  /** Who has the document open, and which clientID each said it writes with when it told what it has. */
  readonly here?: readonly (readonly [user: string, clientId?: number])[];
  /** Who has left again. */
  readonly left?: readonly (readonly [user: string, clientId: number])[];
}

/** A document in which Ana wrote "abc" with clientID 1, Ben "x" with 2, and somebody unknown "u" with 3. */
function scene({ here = [], left = [] }: Scene = {}) {
  const doc = new Y.Doc();
  for (const [clientID, text] of [
    [1, "abc"],
    [2, "x"],
    [3, "u"],
  ] as const)
    Y.applyUpdate(doc, written(clientID, text));
  const open: Speaker[] = [];
  const authors = new Authors(
    [
      { clientId: 1, clock: 0, userId: ANA },
      { clientId: 2, clock: 0, userId: BEN },
      { clientId: 3, clock: 0, userId: null },
    ],
    open,
  );
  const enter = (userId: string, clientId?: number) => {
    const speaker = { principal: { userId } };
    open.push(speaker);
    if (clientId === undefined) return speaker;
    authors.claim(speaker, clientId);
    authors.judge(doc, speaker, "step2", inspect(Uint8Array.of(0, 0)));
    return speaker;
  };
  for (const [userId, clientId] of left) {
    authors.leave(enter(userId, clientId));
    open.pop();
  }
  for (const [userId, clientId] of here) enter(userId, clientId);
  return { doc, authors, enter };
}

function written(clientID: number, text: string, more: (doc: Y.Doc) => void = () => {}): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  doc.getText("content").insert(0, text);
  more(doc);
  return Y.encodeStateAsUpdate(doc);
}
/** One struct that takes clocks and has no content. */
const forgedGc = (clientId: number, clock: number, length: number) =>
  Uint8Array.of(1, 1, clientId, clock, 0, length, 0);
const erase = (doc: Y.Doc) => doc.getText("content").delete(1, 1);
const deleting = (clientID: number, text: string) =>
  written(clientID, text, (doc) => doc.getText("content").delete(0, doc.getText("content").length));

/** Whose each novel clientID is, or "excluded", or what refuses the whole. */
function summary(judgement: Judgement): Record<string, string | null> | string {
  if (judgement.outcome === "refused") return judgement.reason;
  return Object.fromEntries([
    ...judgement.newStructs.map(({ clientId, userId }) => [clientId, userId]),
    ...judgement.excluded.map((clientId) => [clientId, "excluded"]),
  ]);
}

const inAnothersName = "the update writes in the name of another user";
const cases: [
  name: string,
  step: Step,
  update: Uint8Array,
  expected: Record<string, string | null> | string,
  scene?: Scene & { readonly speaksFor?: number },
][] = [
  ["nothing new", "update", written(1, "abc"), {}],
  ["its own, typed", "update", written(1, "abcd"), { 1: ANA }],
  ["its own, after a sync", "step2", written(1, "abcd"), { 1: ANA }],
  ["its own, deleted meanwhile", "step2", deleting(1, "abcde"), { 1: ANA }],
  ["a first clientID, typed without presence", "update", written(9, "n"), { 9: ANA }],
  ["a first clientID that its presence told", "step2", written(9, "n"), { 9: ANA }, { speaksFor: 9 }],
  ["one more clientID than its presence told", "update", written(9, "n"), { 9: null }, { speaksFor: 8 }],
  ["a clientID that nobody knows, after a sync", "step2", written(9, "n"), { 9: null }],
  [
    "several at once, typed",
    "update",
    Y.mergeUpdates([written(8, "m"), written(9, "n")]),
    { 8: null, 9: null },
  ],
  ["more of what nobody proved to have written", "step2", written(3, "uv"), { 3: null }],
  ["more of it, typed without presence", "update", written(3, "uv"), { 3: null }],
  ["more of it, where her presence has told it", "update", written(3, "uv"), { 3: ANA }, { speaksFor: 3 }],
  ["what another tab of hers has only shown yet", "step2", written(9, "n"), { 9: ANA }, { here: [[ANA, 9]] }],
  ["Ben's, who is away", "step2", written(2, "xy"), { 2: null }],
  ["Ben's, typed and taken back, who is away", "step2", written(2, "xyz", erase), { 2: null }],
  ["Ben's, out of a local store, who is away", "update", written(2, "xy"), { 2: null }],
  ["Ben's, who writes", "step2", written(2, "xy"), { 2: "excluded" }, { here: [[BEN, 2]] }],
  ["Ben's, who perhaps writes", "step2", written(2, "xy"), { 2: "excluded" }, { here: [[BEN]] }],
  ["Ben's former tab's, who writes in another", "step2", written(2, "xy"), { 2: null }, { here: [[BEN, 7]] }],
  ["Ben's, who has shown himself and left", "step2", written(9, "n"), { 9: null }, { left: [[BEN, 9]] }],
  [
    "typed under Ben's clientID, who is here",
    "update",
    written(2, "xy"),
    inAnothersName,
    { here: [[BEN, 7]] },
  ],
  [
    "Ben's former tab's among others, out of a slow store",
    "update",
    Y.mergeUpdates([written(2, "xy"), written(9, "n")]),
    { 2: null, 9: null },
    { here: [[BEN, 7]] },
  ],
  ["typed under what Ben has only shown", "update", written(9, "n"), inAnothersName, { here: [[BEN, 9]] }],
  ["the 12-byte forgery, synced", "step2", forgedGc(2, 1, 127), inAnothersName],
  ["the 12-byte forgery, typed", "update", forgedGc(2, 1, 127), inAnothersName],
  ["the 12-byte forgery of who writes", "step2", forgedGc(2, 1, 127), inAnothersName, { here: [[BEN, 2]] }],
  [
    "the 12-byte forgery of who has only shown",
    "step2",
    forgedGc(9, 0, 127),
    inAnothersName,
    { left: [[BEN, 9]] },
  ],
  [
    "a subdocument",
    "update",
    written(1, "abc", (doc) => doc.getMap("m").set("k", new Y.Doc())),
    "subdocuments are not supported: put their content into the document itself",
  ],
];

describe("Ana brings", () => {
  it.each(cases)("%s (%s)", (_name, step, update, expected, { speaksFor, ...rest } = {}) => {
    const { doc, authors, enter } = scene(rest);
    expect(summary(authors.judge(doc, enter(ANA, speaksFor), step, inspect(update)))).toEqual(expected);
  });
});

describe("Ana returns to what others brought under her clientID meanwhile", () => {
  const hers = (text: string, more?: (doc: Y.Doc) => void) =>
    written(1, "abc", (doc) => {
      doc.getText("content").insert(3, text);
      more?.(doc);
    });
  /** "abc" is hers, and Ben brings what follows before she does; `then` happens to the document between. */
  const judged = (relayed: Uint8Array, returning: Uint8Array, then: (doc: Y.Doc) => void = () => {}) => {
    const { doc, authors, enter } = scene();
    const [ana, ben] = [enter(ANA, 8), enter(BEN, 7)];
    const judgement = authors.judge(doc, ben, "step2", inspect(relayed));
    if (judgement.outcome === "refused") return judgement.reason;
    Y.applyUpdate(doc, relayed);
    expect(authors.attribute(doc, ben, judgement, relayed).proven).toBe(false);
    then(doc);
    return summary(authors.judge(doc, ana, "step2", inspect(returning)));
  };
  const differs = "the document has other content of this editor, brought by someone else: reload the page";

  it("and it is what she has: nothing is new", () => expect(judged(hers("def"), hers("def"))).toEqual({}));
  it("and she has more: that is hers", () => expect(judged(hers("de"), hers("def"))).toEqual({ 1: ANA }));
  it("and she has less: nothing is new", () => expect(judged(hers("def"), hers("de"))).toEqual({}));
  it("and she deleted some of it since", () =>
    expect(
      judged(
        hers("def"),
        hers("def", (doc) => doc.getText("content").delete(4, 1)),
      ),
    ).toEqual({}));
  it("and somebody deleted some of it since", () =>
    expect(judged(hers("def"), hers("def"), (doc) => doc.getText("content").delete(0, 7))).toEqual({}));
  it("and it came deleted, as she has it", () => {
    const taken = hers("def", (doc) => doc.getText("content").delete(4, 1));
    expect(judged(taken, taken)).toEqual({});
  });
  it("and it came without the content that she has: she is told", () => {
    expect(
      judged(
        hers("def", (doc) => doc.getText("content").delete(4, 1)),
        hers("def"),
      ),
    ).toBe(differs);
    expect(judged(forgedGc(1, 3, 5), hers("def"))).toBe(differs);
  });
  it("and formatted it", () =>
    expect(
      judged(
        hers("def", (doc) => doc.getText("content").format(1, 3, { bold: true })),
        hers("def", (doc) => doc.getText("content").format(1, 3, { bold: true })),
      ),
    ).toEqual({}));
  it("and it says something else: she is told", () => expect(judged(hers("xyz"), hers("def"))).toBe(differs));
  it("and it stands elsewhere: she is told", () => {
    const elsewhere = written(1, "abc", (doc) => doc.getText("content").insert(0, "d"));
    expect(judged(elsewhere, hers("d"))).toBe(differs);
  });
  it("and it is another kind of thing: she is told", () => {
    const map = written(1, "abc", (doc) => doc.getMap("m").set("k", "d"));
    expect(
      judged(
        map,
        written(1, "abc", (doc) => doc.getMap("n").set("k", "d")),
      ),
    ).toBe(differs);
    expect(
      judged(
        map,
        written(1, "abc", (doc) => doc.getMap("m").set("k", "d")),
      ),
    ).toEqual({});
  });
});

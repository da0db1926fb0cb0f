import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { type Judgement, judge, type Step } from "./authorship.js";
import { Bindings } from "./bindings.js";
import { inspect } from "./inspect.js";
import { type Speaker, Speakers } from "./speakers.js";

const [ANA, BEN] = ["ana", "ben"];

/** A document in which Ana wrote "abc" with clientID 1, Ben "x" with 2, and somebody unknown "u" with 3. */
function known(options: { speaks?: [user: string, clientId: number][]; here?: string[] } = {}) {
  const doc = new Y.Doc();
  for (const [clientID, text] of [
    [1, "abc"],
    [2, "x"],
    [3, "u"],
  ] as const)
    Y.applyUpdate(doc, written(clientID, text));
  const bindings = new Bindings([
    { clientId: 1, clock: 0, userId: ANA! },
    { clientId: 2, clock: 0, userId: BEN! },
    { clientId: 3, clock: 0, userId: null },
  ]);
  const speakers = new Speakers();
  for (const [userId, clientId] of options.speaks ?? []) speakers.claim({ principal: { userId } }, clientId);
  return { doc, bindings, speakers, connected: (userId: string) => (options.here ?? []).includes(userId) };
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
const deleting = (clientID: number, text: string) =>
  written(clientID, text, (doc) => doc.getText("content").delete(0, doc.getText("content").length));

/** Whose each novel clientID is, or "aside", or what refuses the whole. */
function summary(judgement: Judgement): Record<string, string | null> | string {
  if (judgement.outcome === "refused") return judgement.reason;
  return Object.fromEntries([
    ...judgement.novelties.map(({ clientId, userId }) => [clientId, userId]),
    ...judgement.aside.map((clientId) => [clientId, "aside"]),
  ]);
}

const inAnothersName = "the update writes in the name of another user";
const withoutContent = "the update takes the place of another user's content and has none itself";
const cases: [
  name: string,
  step: Step,
  update: Uint8Array,
  expected: Record<string, string | null> | string,
  options?: Parameters<typeof known>[0] & { speaksFor?: number },
][] = [
  ["nothing new", "update", written(1, "abc"), {}],
  ["its own, typed", "update", written(1, "abcd"), { 1: ANA! }],
  ["its own, after a sync", "step2", written(1, "abcd"), { 1: ANA! }],
  ["its own, deleted meanwhile", "step2", deleting(1, "abcde"), { 1: ANA! }],
  ["a first clientID, typed without presence", "update", written(9, "n"), { 9: ANA! }],
  ["a first clientID that its presence has told", "step2", written(9, "n"), { 9: ANA! }, { speaksFor: 9 }],
  ["one more clientID than its presence has told", "update", written(9, "n"), { 9: null }, { speaksFor: 8 }],
  ["a clientID that nobody knows, after a sync", "step2", written(9, "n"), { 9: null }],
  [
    "several at once, typed",
    "update",
    Y.mergeUpdates([written(8, "m"), written(9, "n")]),
    { 8: null, 9: null },
  ],
  ["more of what nobody was proven to have written", "step2", written(3, "uv"), { 3: null }],
  ["another tab of the same user", "step2", written(9, "n"), { 9: ANA! }, { speaks: [["ana", 9]] }],
  ["a colleague's, who is away", "step2", written(2, "xy"), { 2: null }],
  ["a colleague's, out of a local store, who is away", "update", written(2, "xy"), { 2: null }],
  [
    "a colleague's, whose editor is here",
    "step2",
    written(2, "xy"),
    { 2: "aside" },
    { speaks: [["ben", 2]] },
  ],
  [
    "a colleague's former tab's, who is here with another",
    "step2",
    written(2, "xy"),
    { 2: null },
    { here: ["ben"] },
  ],
  [
    "typed under a colleague's clientID, who is here",
    "update",
    written(2, "xy"),
    inAnothersName,
    { here: ["ben"] },
  ],
  [
    "typed under a clientID that a colleague has only shown yet",
    "update",
    written(9, "n"),
    inAnothersName,
    { here: ["ben"], speaks: [["ben", 9]] },
  ],
  ["the 12-byte forgery", "step2", forgedGc(2, 1, 127), inAnothersName],
  ["the 12-byte forgery, typed", "update", forgedGc(2, 1, 127), inAnothersName],
  [
    "the 12-byte forgery on who is here",
    "step2",
    forgedGc(2, 1, 127),
    inAnothersName,
    { speaks: [["ben", 2]] },
  ],
  ["a small forgery on who is away", "step2", forgedGc(2, 1, 5), withoutContent],
  [
    "a large one behind many bytes of its own",
    "step2",
    Y.mergeUpdates([written(1, "abc".repeat(500)), forgedGc(2, 1, 127)]),
    withoutContent,
  ],
  [
    "a colleague's with a few deletions, who is away",
    "step2",
    written(2, "xyz", (d) => d.getText("content").delete(1, 1)),
    { 2: null },
  ],
  [
    "a subdocument",
    "update",
    written(1, "abc", (doc) => doc.getMap("m").set("k", new Y.Doc())),
    "subdocuments are not supported: put their content into the document itself",
  ],
];

describe("Ana brings", () => {
  it.each(cases)("%s (%s)", (_name, step, update, expected, options = {}) => {
    const from: Speaker = { principal: { userId: ANA! } };
    const knowledge = known(options);
    if (options.speaksFor !== undefined) knowledge.speakers.claim(from, options.speaksFor);
    expect(summary(judge(knowledge, from, step, inspect(update)))).toEqual(expected);
  });
});

describe("Ana returns to what others brought under her clientID meanwhile", () => {
  /** "abc" is hers, what follows was carried by somebody. */
  const afterRelay = (relayed: Uint8Array) => {
    const knowledge = known();
    const clock = Y.getState(knowledge.doc.store, 1);
    Y.applyUpdate(knowledge.doc, relayed);
    knowledge.bindings.note(1, clock, null);
    return knowledge;
  };
  const hers = (text: string, more?: (doc: Y.Doc) => void) =>
    written(1, "abc", (doc) => {
      doc.getText("content").insert(3, text);
      more?.(doc);
    });
  const judged = (relayed: Uint8Array, returning: Uint8Array) =>
    summary(judge(afterRelay(relayed), { principal: { userId: ANA! } }, "step2", inspect(returning)));
  const differs = "the document has other content of this editor, brought by someone else: reload the page";

  it("and it is what she has: nothing is new", () => expect(judged(hers("def"), hers("def"))).toEqual({}));
  it("and she has more: that is hers", () => expect(judged(hers("de"), hers("def"))).toEqual({ 1: ANA! }));
  it("and she has less: nothing is new", () => expect(judged(hers("def"), hers("de"))).toEqual({}));
  it("and she deleted some of it since", () =>
    expect(
      judged(
        hers("def"),
        hers("def", (doc) => doc.getText("content").delete(4, 1)),
      ),
    ).toEqual({}));
  it("and somebody deleted some of it since", () =>
    expect(
      judged(
        hers("def", (doc) => doc.getText("content").delete(4, 1)),
        hers("def"),
      ),
    ).toEqual({}));
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

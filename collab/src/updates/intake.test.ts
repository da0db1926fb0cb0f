import type { Principal } from "@onrecord/policy/principal";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Authors } from "../authorship/authors.js";
import type { Connection } from "../connection/connection.js";
import { type Arrival, type Reception, takeRun } from "./intake.js";

const everything = { bytes: 1e6, clients: 100, steps: 1e6, sliceMs: 1e9, arrivals: Number.POSITIVE_INFINITY };
const connection = {
  listening: true,
  mayEdit: true,
  principal: { userId: "ana" } as Principal,
} as Connection;

/** What Ana types, one update for each word, and a queue of them. */
function typed(...words: string[]): { updates: Uint8Array[]; queue: () => Arrival[] } {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (const word of words) doc.getText("content").insert(doc.getText("content").length, word);
  const tell = () => undefined;
  const queue = () =>
    updates.map((update): Arrival => ({ connection, update, step: "update", bytes: update.length, tell }));
  return { updates, queue };
}
const outcomes = (receptions: readonly (readonly [Arrival, Reception])[]) =>
  receptions.map(([, { outcome }]) => outcome);

describe("a run of arrivals", () => {
  it("keeps plain updates as they were sent, and tells all of them as one", () => {
    const { updates, queue } = typed("one ", "two ", "three");
    const doc = new Y.Doc();
    const arrived = queue();
    const run = takeRun(doc, new Authors([], [connection]), arrived, everything);
    expect(arrived).toEqual([]);
    expect(run.taken.map(({ update }) => update)).toEqual(updates);
    expect(outcomes(run.receptions)).toEqual(["applied", "applied", "applied"]);
    const reader = new Y.Doc();
    Y.applyUpdate(reader, run.merged!);
    expect(reader.getText("content").toString()).toBe("one two three");
  });

  it("makes nothing of what is known, and takes what is known in part by itself", () => {
    const { updates, queue } = typed("one ", "two ");
    const doc = new Y.Doc();
    Y.applyUpdate(doc, updates[0]!);
    const authors = new Authors([], [connection]);
    const [first, second] = queue();
    const both = { ...first!, update: Y.mergeUpdates(updates) };
    const arrived = [first!, both, second!];
    expect(outcomes(takeRun(doc, authors, arrived, everything).receptions)).toEqual([
      "nothing-new",
      "applied",
    ]);
    expect(outcomes(takeRun(doc, authors, arrived, everything).receptions)).toEqual(["nothing-new"]);
    expect(doc.getText("content").toString()).toBe("one two ");
  });

  it("finds out one by one whose change Yjs cannot finish, and takes the others", () => {
    const { queue } = typed("good ", "poison ", "late");
    /** Stands for what fails in Yjs after the changes are applied. */
    const fragile = () => {
      const doc = new Y.Doc();
      doc.getText("content").observe(() => {
        if (doc.getText("content").toString().includes("poison")) throw new Error("cannot be finished");
      });
      return doc;
    };
    const authors = new Authors([], [connection]);
    const arrived = queue();
    const failed = takeRun(fragile(), authors, arrived, everything);
    expect(failed).toMatchObject({ taken: [], receptions: [], broken: true, suspects: 3 });
    expect(arrived).toHaveLength(3);

    const one = { ...everything, arrivals: 1 };
    const doc = fragile();
    expect(takeRun(doc, authors, arrived, one)).toMatchObject({ broken: false, taken: [{}] });
    const culprit = takeRun(doc, authors, arrived, one);
    expect(culprit).toMatchObject({ broken: true, taken: [], suspects: 0 });
    expect(outcomes(culprit.receptions)).toEqual(["refused"]);
    expect(arrived).toHaveLength(1);
  });

  it("takes what a few others wrote there meanwhile however dear the document is, and counts nothing for it", () => {
    const spent = { ...everything, steps: 0 };
    const authors = new Authors([], [connection]);
    for (const [unseen, outcome] of [
      [40, "applied"],
      [60, "refused"],
    ] as const) {
      const doc = new Y.Doc();
      doc.clientID = 1;
      for (let i = 0; i < unseen; i++) doc.getText("content").insert(0, "x");
      const late = new Y.Doc();
      late.clientID = 2;
      late.getText("content").insert(0, "late");
      const update = Y.encodeStateAsUpdate(late);
      const arrived: Arrival[] = [
        { connection, update, step: "update", bytes: update.length, tell: () => undefined },
      ];
      const run = takeRun(doc, authors, arrived, spent);
      expect([unseen, outcomes(run.receptions), run.steps]).toEqual([unseen, [outcome], 0]);
    }
  });
});

import { expect, test } from "vitest";
import { groupEntries } from "./group-entries.js";
import type { Entry } from "./sentence.js";

const START = Date.parse("2025-11-24T10:00:00Z");
let count = 0;

function entry(action: string, who: string, second: number, detail: Record<string, unknown> = {}): Entry {
  count++;
  return {
    id: `e${count}`,
    cursor: String(count),
    at: new Date(START + second * 1000).toISOString(),
    action,
    outcome: "ALLOWED",
    actor: { id: who, kind: "USER", name: who },
    object: { kind: "DOCUMENT", id: "d1", document: null },
    ip: null,
    userAgent: null,
    sessionId: null,
    requestId: "r",
    detail,
    leafHash: "h",
  };
}
const edit = (who: string, version: number, second = version) =>
  entry("document.edited", who, second, { version, bytes: 20 });
const kinds = (entries: Entry[]) =>
  groupEntries(entries).map((group) => (group.kind === "run" ? group.entries.length : 1));

test("folds three or more edits of one person and tells what they amount to", () => {
  const [run] = groupEntries([edit("mei", 9), edit("mei", 8), edit("mei", 7)]);
  expect(run?.kind === "run" && run.facts).toEqual({ edits: 3, from: 7, to: 9, bytes: 60 });
});

test("folds what several people wrote at once", () => {
  const [run] = groupEntries([edit("mei", 9), edit("tom", 8), edit("mei", 7)]);
  expect(run?.kind === "run" && run.facts.edits).toBe(3);
});

test("two edits, another act and a pause are shown one by one", () => {
  expect(kinds([edit("mei", 9), edit("mei", 8)])).toEqual([1, 1]);
  expect(
    kinds([edit("mei", 9), entry("document.opened", "mei", 8), edit("mei", 8, 7), edit("mei", 7, 6)]),
  ).toEqual([1, 1, 1, 1]);
  expect(kinds([edit("mei", 9, 9000), edit("mei", 8, 8), edit("mei", 7, 7)])).toEqual([1, 1, 1]);
});

test("a refusal is never folded away", () => {
  const refused = () => entry("document.edit-refused", "eve", 1);
  expect(kinds([refused(), refused(), refused()])).toEqual([1, 1, 1]);
});

test("keeps every entry, in order", () => {
  const entries = [
    edit("mei", 5),
    edit("mei", 4),
    edit("mei", 3),
    entry("document.opened", "tom", 2),
    edit("tom", 1),
  ];
  const flat = groupEntries(entries).flatMap((group) =>
    group.kind === "run" ? group.entries : [group.entry],
  );
  expect(flat).toEqual(entries);
});

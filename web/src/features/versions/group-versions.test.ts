import { describe, expect, test } from "vitest";
import { groupVersions, type VersionRow } from "./group-versions.js";

const mei = { id: "u1", name: "Mei" };
const tom = { id: "u2", name: "Tom" };
const START = Date.parse("2025-11-24T10:00:00Z");

function version(number: number, more: Partial<VersionRow> = {}): VersionRow {
  const at = new Date(START + number * 1000).toISOString();
  return { documentId: "d", number, at, name: null, bytes: 20, author: mei, carrier: null, ...more };
}
const shape = (versions: VersionRow[]) =>
  groupVersions(versions).map((group) =>
    group.kind === "one" ? group.version.number : group.versions.map((v) => v.number),
  );

describe("grouping versions", () => {
  test("folds consecutive small edits of one author and keeps the order", () => {
    const versions = [9, 8, 7, 6].map((number) => version(number, { author: tom }));
    expect(shape([...versions, ...[5, 4, 3, 2].map((number) => version(number))])).toEqual([
      [9, 8, 7, 6],
      [5, 4, 3, 2],
    ]);
  });

  test("folds people who write at the same time, and names each once", () => {
    const [group] = groupVersions([
      version(4),
      version(3, { author: tom }),
      version(2),
      version(1, { author: tom }),
    ]);
    expect(group?.kind === "run" && group.authors.map(({ name }) => name)).toEqual(["Mei", "Tom"]);
  });

  test("a named version, a large edit and an unknown author stand alone", () => {
    const list = [
      version(7),
      version(6, { name: "Board draft" }),
      version(5),
      version(4, { bytes: 4000 }),
      version(3),
    ];
    expect(shape([...list, version(2, { author: null }), version(1, { author: null })])).toEqual([
      7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  test("a pause or a gap in the numbers starts a new run", () => {
    const later = new Date(START + 3_600_000).toISOString();
    expect(shape([version(9, { at: later }), version(8), version(5)])).toEqual([9, 8, 5]);
  });

  test("the key of a run does not change while it grows, and its bytes add up", () => {
    const [before] = groupVersions([version(2), version(1)]);
    const [after] = groupVersions([version(3), version(2), version(1)]);
    expect(after?.key).toBe(before?.key);
    expect(after?.kind === "run" && after.bytes).toBe(60);
  });

  test("nothing gives nothing", () => {
    expect(groupVersions([])).toEqual([]);
  });
});

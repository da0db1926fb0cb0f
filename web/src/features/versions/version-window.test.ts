import { describe, expect, test } from "vitest";
import type { VersionRow } from "./group-versions.js";
import { addCommitted, addNewest, addOlder, unread } from "./version-window.js";

const row = (number: number, name: string | null = null): VersionRow => ({
  documentId: "d",
  number,
  at: "2025-11-24T10:00:00Z",
  name,
  bytes: 1,
  author: null,
  carrier: null,
});
const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => row(from - i));
const numbers = (window: { versions: readonly VersionRow[] }) => window.versions.map(({ number }) => number);

describe("the window of versions", () => {
  const window = addNewest(unread, rows(10, 8), "c8");

  test("grows at the front, one committed version after the other", () => {
    const grown = addCommitted(window, [row(11), row(12)]);
    expect(numbers(grown)).toEqual([12, 11, 10, 9, 8]);
    expect(grown.gap).toBe(false);
  });

  test("a version told twice changes nothing but its name", () => {
    const named = addCommitted(window, [row(9, "Board draft")]);
    expect(named.versions[1]?.name).toBe("Board draft");
    expect(numbers(named)).toEqual([10, 9, 8]);
  });

  test("a missed version asks for the newest page, which closes the gap", () => {
    const missed = addCommitted(window, [row(13)]);
    expect(missed.gap).toBe(true);
    expect(numbers(missed)).toEqual([10, 9, 8]);
    expect(numbers(addNewest(missed, rows(13, 11), "c11"))).toEqual([13, 12, 11, 10, 9, 8]);
  });

  test("a page too far ahead replaces the window instead of pretending to join it", () => {
    const jumped = addNewest(window, rows(40, 38), "c38");
    expect(numbers(jumped)).toEqual([40, 39, 38]);
    expect(jumped.before).toBe("c38");
  });

  test("versions that arrived while the page was being read stay in front", () => {
    expect(numbers(addNewest(addCommitted(window, [row(11)]), rows(10, 8), "c8"))).toEqual([11, 10, 9, 8]);
  });

  test("older pages join at the end without repeating", () => {
    const older = addOlder(window, rows(8, 6), null);
    expect(numbers(older)).toEqual([10, 9, 8, 7, 6]);
    expect(older.before).toBeNull();
  });

  test("the first version of an empty document asks for the page", () => {
    expect(addCommitted(unread, [row(1)]).gap).toBe(true);
  });
});

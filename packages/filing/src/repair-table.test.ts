import { TableMap } from "@tiptap/pm/tables";
import fc from "fast-check";
import { expect, test } from "vitest";
import { repairedTable } from "./repair-table.js";
import { filingSchema as schema } from "./schema.js";

type Span = readonly [colspan: number, rowspan: number];

function tableOf(rows: readonly (readonly Span[])[]) {
  let count = 0;
  const cell = ([colspan, rowspan]: Span) =>
    schema.node("tableCell", { colspan, rowspan }, [
      schema.node("paragraph", null, [schema.text(`c${count++}`)]),
    ]);
  return schema.node(
    "table",
    null,
    rows.map((cells) => schema.node("tableRow", null, cells.map(cell))),
  );
}

const one: Span = [1, 1];

test("short rows get empty cells at their end, so that no figure changes its column", () => {
  const repaired = repairedTable(tableOf([[one], [one, one, one], []]));
  expect(repaired?.children.map((row) => row.children.map(({ textContent }) => textContent))).toEqual([
    ["c0", "", ""],
    ["c1", "c2", "c3"],
    ["", "", ""],
  ]);
});

test("a table that is regular stays the same node", () => {
  const table = tableOf([
    [
      [2, 1],
      [1, 2],
    ],
    [one, one],
  ]);
  expect(repairedTable(table)).toBe(table);
});

test("whatever its spans, a table comes out regular, with every cell in its order, and is repaired once", () => {
  const span = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }));
  fc.assert(
    fc.property(fc.array(fc.array(span, { maxLength: 5 }), { minLength: 1, maxLength: 6 }), (rows) => {
      const table = tableOf(rows);
      const repaired = repairedTable(table);
      if (!repaired) throw new Error("it has too few cells");
      repaired.check();
      expect(repaired.textContent).toBe(table.textContent);
      expect(repairedTable(repaired)).toBe(repaired);
      if (rows.some(({ length }) => length > 0)) expect(TableMap.get(repaired).problems ?? []).toEqual([]);
    }),
  );
});

test("a table that lacks thousands of cells is not repaired", () => {
  expect(repairedTable(tableOf([[[1000, 1]], ...Array.from({ length: 50 }, () => [one])]))).toBeNull();
});

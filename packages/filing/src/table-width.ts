import type { Node } from "@tiptap/pm/model";

/** A table that has more is no table that anyone drew. */
const MOST_COLUMNS = 10_000;
/** Places in a grid: everything that works on tables makes one of them. */
const MOST_PLACES = 200_000;

/**
 * Whether a table has more columns than can be laid out, those included that cells of earlier rows reach down into. A few cells that
 * say they span many would keep every page that opens the document busy for ever.
 */
export function isTooWide(table: Node): boolean {
  if (table.type.spec.tableRole !== "table") return false;
  // By row: columns that begin to be taken there, and columns that end.
  const change = new Array<number>(table.childCount + 1).fill(0);
  table.children.forEach((row, index) => {
    for (const { attrs } of row.children) {
      const end = Math.min(index + attrs.rowspan, table.childCount);
      change[index] = (change[index] ?? 0) + attrs.colspan;
      change[end] = (change[end] ?? 0) - attrs.colspan;
    }
  });
  let columns = 0;
  let widest = 0;
  for (const step of change) {
    columns += step;
    widest = Math.max(widest, columns);
  }
  return widest > MOST_COLUMNS || widest * table.childCount > MOST_PLACES;
}

/** Whether a table has a row without cells, into which none reaches from above either: what works on tables counts on some. */
export function hasBareRow(table: Node): boolean {
  if (table.type.spec.tableRole !== "table") return false;
  let covered = 0;
  return table.children.some((row, index) => {
    if (row.childCount === 0) return index >= covered;
    for (const { attrs } of row.children) covered = Math.max(covered, index + attrs.rowspan);
    return false;
  });
}

/** The same table with every cell in one place. */
export function withoutSpans(table: Node): Node {
  const rows = table.children.map((row) => {
    const cells = row.children.map((cell) =>
      cell.type.create({ ...cell.attrs, colspan: 1, rowspan: 1, colwidth: null }, cell.content),
    );
    return row.type.create(row.attrs, cells);
  });
  return table.type.create(table.attrs, rows);
}

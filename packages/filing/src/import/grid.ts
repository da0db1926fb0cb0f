import type { Cell } from "./blocks.js";

/** A cell at its place in a grid of columns and rows. */
export interface Placed {
  readonly cell: Cell;
  readonly row: number;
  readonly column: number;
  readonly colspan: number;
  readonly rowspan: number;
}

const mostColumns = 1000;

/**
 * Gives every cell its place as a browser does; where a span would run into a cell from above it is cut short.
 * Answers null for a table wider than any real one: spans let a few bytes ask for millions of columns.
 */
export function layOut(rows: readonly (readonly Cell[])[]): Placed[] | null {
  const placed: Placed[] = [];
  const takenUntil: number[] = [];
  for (const [row, cells] of rows.entries()) {
    let column = 0;
    for (const cell of cells) {
      while ((takenUntil[column] ?? 0) > row) column += 1;
      let colspan = 1;
      while (colspan < cell.colspan && (takenUntil[column + colspan] ?? 0) <= row) colspan += 1;
      if (column + colspan > mostColumns) return null;
      const rowspan = Math.min(cell.rowspan, rows.length - row);
      takenUntil.length = Math.max(takenUntil.length, column + colspan);
      takenUntil.fill(row + rowspan, column, column + colspan);
      placed.push({ cell, row, column, colspan, rowspan });
      column += colspan;
    }
  }
  return placed;
}

/**
 * Answers the fewest columns with which each of these cells still has one of its own;
 * two cells of one row never share one, since their spans do not overlap.
 */
export function neededColumns(cells: readonly Placed[]): number[] {
  const byEnd = [...cells].sort(
    (a, b) => a.column + a.colspan - (b.column + b.colspan) || b.column - a.column,
  );
  const single = byEnd.filter(({ colspan }) => colspan === 1);
  const needed = new Set(single.map(({ column }) => column));
  for (const { column, colspan } of byEnd) {
    if (colspan > 1 && !someWithin(needed, column, colspan)) needed.add(column + colspan - 1);
  }
  return [...needed].sort((a, b) => a - b);
}

function someWithin(columns: ReadonlySet<number>, from: number, count: number): boolean {
  for (let column = from; column < from + count; column += 1) if (columns.has(column)) return true;
  return false;
}

/**
 * Rebuilds rows from placed cells on the kept columns and rows only. Gaps get one empty cell each, so that every row
 * is as wide as the next: an editor would otherwise mend the table, and the mending would count as somebody's edit.
 */
export function rebuild(
  placed: readonly Placed[],
  keptRows: readonly number[],
  keptColumns: readonly number[],
): Cell[][] {
  const starts = new Map<number, Placed[]>();
  for (const one of placed) {
    const inRow = starts.get(one.row);
    if (inRow === undefined) starts.set(one.row, [one]);
    else inRow.push(one);
  }
  const takenUntil: number[] = new Array<number>(keptColumns.length).fill(0);
  return keptRows.map((row, index) => {
    const cells: Cell[] = [];
    let column = 0;
    const skipTo = (target: number) => {
      let gap = 0;
      const fill = () => {
        if (gap > 0)
          cells.push({ blocks: [], header: cells.at(-1)?.header ?? false, colspan: gap, rowspan: 1 });
        gap = 0;
      };
      for (; column < target; column += 1) {
        if ((takenUntil[column] ?? 0) > index) fill();
        else gap += 1;
      }
      fill();
    };
    for (const one of starts.get(row) ?? []) {
      const from = lowerBound(keptColumns, one.column);
      const colspan = lowerBound(keptColumns, one.column + one.colspan) - from;
      if (colspan === 0) continue;
      const rowspan = lowerBound(keptRows, one.row + one.rowspan) - index;
      skipTo(from);
      cells.push({ ...one.cell, colspan, rowspan });
      takenUntil.fill(index + rowspan, from, from + colspan);
      column = from + colspan;
    }
    skipTo(keptColumns.length);
    return cells;
  });
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

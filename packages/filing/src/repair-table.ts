import { Fragment, type Node } from "@tiptap/pm/model";

/** Cells that a repair may add. */
const MOST_MISSING = 5000;

/**
 * The one repair of a table whose rows differ in width: cells keep their place, from the left; what reaches out of the table, or into
 * another cell, ends there; and rows that are short get empty cells at their end. Answers the table itself where nothing is wrong, and null where so many cells
 * are missing that it would be another table.
 */
export function repairedTable(table: Node): Node | null {
  const fitted = fitSpans(table);
  const width = fitted.rows.reduce((most, { columns }) => Math.max(most, columns), 0);
  if (fitted.rows.reduce((sum, { columns }) => sum + width - columns, 0) > MOST_MISSING) return null;
  const rows = fitted.rows.map(({ row, columns }) => {
    if (columns === width) return row;
    const like = (row.lastChild ?? table.firstChild?.firstChild)?.type ?? row.type.contentMatch.defaultType;
    const cells = Array.from({ length: width - columns }, () => like?.createAndFill() ?? []).flat();
    return row.copy(row.content.append(Fragment.fromArray(cells)));
  });
  return rows.every((row, index) => row === table.child(index))
    ? table
    : table.copy(Fragment.fromArray(rows));
}

interface FittedRow {
  readonly row: Node;
  /** Places that are taken in it, by its own cells and by those that reach down into it. */
  readonly columns: number;
}

function fitSpans(table: Node): { readonly rows: readonly FittedRow[] } {
  /** By column, how many more rows the cell above takes. */
  const taken: number[] = [];
  const rows = table.children.map((row, index) => {
    const left = table.childCount - index;
    let column = 0;
    const cells = row.children.map((cell) => {
      while ((taken[column] ?? 0) > 0) column++;
      let colspan = 1;
      while (colspan < cell.attrs.colspan && (taken[column + colspan] ?? 0) === 0) colspan++;
      const rowspan = Math.min(cell.attrs.rowspan, left);
      for (let i = 0; i < colspan; i++) taken[column++] = rowspan;
      const { attrs } = cell;
      if (colspan === attrs.colspan && rowspan === attrs.rowspan) return cell;
      const colwidth = Array.isArray(attrs.colwidth) ? attrs.colwidth.slice(0, colspan) : null;
      return cell.type.create({ ...attrs, colspan, rowspan, colwidth }, cell.content, cell.marks);
    });
    const columns = Array.from(taken, (rowsLeft = 0) => rowsLeft > 0).filter(Boolean).length;
    for (let i = 0; i < taken.length; i++) taken[i] = Math.max(0, (taken[i] ?? 0) - 1);
    const kept = cells.every((cell, i) => cell === row.child(i));
    return { row: kept ? row : row.copy(Fragment.fromArray(cells)), columns };
  });
  return { rows };
}

import { Fragment, type Node, Slice } from "@tiptap/pm/model";

/** Places in what is pasted; past it cells lose their spans, and nothing fills the gaps. */
const mostPlaces = 10_000;

/**
 * What is pasted, with every merged cell of its tables split into one cell each and empty ones. Cells are put into a table row by row,
 * and one that reaches into the next row would be in the way there.
 */
export function withoutMergedCells(slice: Slice): Slice {
  return new Slice(splitIn(slice.content), slice.openStart, slice.openEnd);
}

function splitIn(content: Fragment): Fragment {
  const nodes = content.content;
  const rows = nodes.some(({ type }) => type.spec.tableRole === "row") ? splitRows(nodes) : nodes;
  return Fragment.fromArray(
    rows.map((node) => (node.type.spec.tableRole === "table" ? node.copy(splitIn(node.content)) : node)),
  );
}

function splitRows(rows: readonly Node[]): Node[] {
  /** By column, how many more rows the cell above takes. */
  const taken: number[] = [];
  let left = mostPlaces;
  return rows.map((row, index) => {
    const cells: Node[] = [];
    const fill = (like: Node | null | undefined) => {
      const empty = left > 0 ? (like?.type ?? row.type.contentMatch.defaultType)?.createAndFill() : null;
      if (empty) cells.push(empty);
      left -= 1;
    };
    let column = 0;
    const skip = (cell: Node | null) => {
      for (; (taken[column] ?? 0) > 0; column += 1) {
        taken[column] = (taken[column] ?? 0) - 1;
        fill(cell);
      }
    };
    for (const cell of row.children) {
      skip(cell);
      const colspan = Number(cell.attrs.colspan);
      const down = Math.min(Number(cell.attrs.rowspan), rows.length - index) - 1;
      cells.push(
        cell.type.create({ ...cell.attrs, colspan: 1, rowspan: 1, colwidth: null }, cell.content, cell.marks),
      );
      for (let at = 0; at < colspan && left > 0; at += 1) {
        if (at > 0) fill(cell);
        taken[column] = down;
        column += 1;
      }
    }
    skip(row.lastChild);
    return row.copy(Fragment.fromArray(cells));
  });
}

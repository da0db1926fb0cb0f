import type { Block, Cell, TableBlock } from "./blocks.js";
import { isMarker } from "./bullets.js";
import { asHeader, isBold, plainText } from "./cells.js";
import { joinFigures } from "./figures.js";
import { layOut, neededColumns, rebuild } from "./grid.js";

const mostPlaces = 100_000;
const mostHeaderRows = 6;

/**
 * Makes a table readable. Filings use tables for layout: spacer columns, a column for each currency sign, rows of
 * nothing, whole pages in one cell. A table that has header cells was written as a table and keeps its empty rows.
 */
export function tidyTable(table: TableBlock): Block[] {
  const written = table.rows.some((row) => row.some(({ header }) => header));
  const source = written ? table.rows : joinFigures(table.rows);
  const placed = layOut(source);
  if (placed === null) return source.flat().flatMap(({ blocks }) => blocks);
  const needed = written ? placed : placed.filter(({ cell }) => cell.blocks.length > 0);
  const keptRows = [...new Set(needed.map(({ row }) => row))].sort((a, b) => a - b);
  const keptColumns = neededColumns(needed);
  const tooBig = keptRows.length * keptColumns.length > mostPlaces;
  if (tooBig || (keptColumns.length <= 1 && !written)) return source.flat().flatMap(({ blocks }) => blocks);
  const rows = rebuild(placed, keptRows, keptColumns);
  if (written) return [{ ...table, rows }];
  return marked(rows) ?? [{ ...table, rows: withHeaderRows(rows) }];
}

/** A table whose first column holds only bullets, numbers or boxes is a list that was laid out as a table. */
function marked(rows: readonly (readonly Cell[])[]): Block[] | null {
  const markers = rows.map(([first]) => (first === undefined ? null : plainText(first)));
  const allMarked = rows.every(
    (row, index) => row.length === 2 && isMarker(markers[index] ?? "") && row[1]?.blocks[0]?.kind === "text",
  );
  if (!allMarked) return null;
  return rows.flatMap(([first, second]) => [
    ...(first?.blocks ?? []).map((block) => (block.kind === "text" ? { ...block, floating: true } : block)),
    ...(second?.blocks ?? []),
  ]);
}

/** The rows at the top that are all in bold type and name more than the row they stand in are the table's head. */
function withHeaderRows(rows: readonly (readonly Cell[])[]): Cell[][] {
  const isHead = (row: readonly Cell[]) => {
    const said = row.filter(({ blocks }) => blocks.length > 0);
    return said.every(isBold) && said.some((cell) => cell !== row[0] || cell.colspan > 1);
  };
  const end = rows.findIndex((row) => !isHead(row));
  if (end < 1 || end > mostHeaderRows) return rows.map((row) => [...row]);
  return rows.map((row, index) => (index < end ? row.map(asHeader) : [...row]));
}

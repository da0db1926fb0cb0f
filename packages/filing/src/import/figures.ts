import type { Cell, TextBlock } from "./blocks.js";
import { plainText, prependText, withText } from "./cells.js";
import { layOut, type Placed } from "./grid.js";

const currency = "(?:(?:US|HK|C|A|NZ|S)?[$£€¥]|RMB|HKD|USD)";
const opening = new RegExp(`^(?:${currency}\\s?\\(?|\\(\\s?${currency}?)$`);
const closing = /^(?:\)|%|\)\s?%|%\s?\))$/;
const figure = /^[\d(—–.-]/;
const endOfFigure = /[\d)—–-]$/;

/** A table with more places than this is not looked at column by column. */
const mostPlaces = 2_000_000;

/**
 * Brings together what a filing sets in cells of its own to make figures line up: the currency sign or the bracket before a figure,
 * the bracket or percent sign after it. A sign never goes to a figure of another column: that of a blank amount stays where it is.
 */
export function joinFigures(rows: readonly (readonly Cell[])[]): Cell[][] {
  const placed = layOut(rows);
  if (placed === null) return rows.map((row) => [...row]);
  const columns = new Columns(placed, rows.length);
  const byRow = rows.map((): Placed[] => []);
  for (const one of placed) byRow[one.row]?.push(one);
  return byRow.map((row) => joinRow(row, columns));
}

function joinRow(row: readonly Placed[], columns: Columns): Cell[] {
  const cells = row.map(({ cell }) => cell);
  let previous: number | null = null;
  for (const [index, { column }] of row.entries()) {
    const cell = cells[index];
    if (cell === undefined || cell.blocks.length === 0) continue;
    const text = plainText(cell);
    if (text !== null && opening.test(text)) {
      const to = [index + 1, index + 2].find((at) => (cells[at]?.blocks.length ?? 0) > 0);
      const [target, there] = [to === undefined ? undefined : cells[to], row[to ?? -1]];
      const between = to === index + 2 ? row[index + 1]?.column : undefined;
      if (to !== undefined && target !== undefined && there !== undefined) {
        const said = plainText(target) ?? "";
        const fits = figure.test(said) && !columns.differ(column, there.column, between);
        if (fits) {
          cells[index] = { ...cell, blocks: [] };
          cells[to] = prependText(target, text);
          continue;
        }
      }
    }
    const [before, at] = previous === null ? [] : [cells[previous], row[previous]];
    if (text !== null && closing.test(text) && previous !== null && before && at && index - previous <= 2) {
      const between = index - previous === 2 ? row[index - 1]?.column : undefined;
      if (endOfFigure.test(plainText(before) ?? "") && !columns.differ(column, at.column, between)) {
        cells[index] = { ...cell, blocks: [] };
        cells[previous] = withText(before, (block: TextBlock) => {
          const look = block.runs.find((run) => "text" in run)?.look;
          return look === undefined ? block : { ...block, runs: [...block.runs, { text, look }] };
        });
        continue;
      }
    }
    previous = index;
  }
  return cells;
}

/** What stands in which column, to tell whether two columns are two or the parts of one. */
class Columns {
  /** By row and column: which cell says something there, more than a sign; 0 for none. Absent for a table that is too large. */
  readonly #said: Int32Array | null;
  readonly #width: number;
  readonly #rows: number;
  readonly #known = new Map<number, boolean>();

  constructor(placed: readonly Placed[], rows: number) {
    this.#rows = rows;
    this.#width = placed.reduce((most, { column, colspan }) => Math.max(most, column + colspan), 0);
    this.#said = this.#width * rows <= mostPlaces ? new Int32Array(this.#width * rows) : null;
    for (const [index, { cell, row, column, colspan, rowspan }] of placed.entries()) {
      if (cell.blocks.length === 0 || isSign(cell)) continue;
      for (let at = row; at < row + rowspan; at += 1) {
        const from = at * this.#width + column;
        this.#said?.fill(index + 1, from, from + colspan);
      }
    }
  }

  /** Whether a sign and a figure are of two columns; `between` is the blank column that the sign would go over. */
  differ(sign: number, figureAt: number, between: number | undefined): boolean {
    if (this.#areTwo(sign, figureAt)) return true;
    return between !== undefined && this.#areTwo(between, figureAt);
  }

  /** Two columns that say different things in one row are two. */
  #areTwo(a: number, b: number): boolean {
    const [low, high] = a < b ? [a, b] : [b, a];
    const key = low * this.#width + high;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let two = false;
    for (let row = 0; row < this.#rows && !two; row += 1) {
      const one = this.#said?.[row * this.#width + a] ?? 0;
      const other = this.#said?.[row * this.#width + b] ?? 0;
      two = one !== 0 && other !== 0 && one !== other;
    }
    this.#known.set(key, two);
    return two;
  }
}

function isSign(cell: Cell): boolean {
  const text = plainText(cell);
  return text !== null && (opening.test(text) || closing.test(text));
}

import { type Cell, prepend, type Run, runsToText, type TextBlock } from "./blocks.js";

const currency = /^(?:US|HK|C|A|NZ|S)?[$£€¥]$|^(?:RMB|HKD|USD)$/;
const closing = /^(?:\)|%|\)%|%\))$/;
const figure = /^[\d(—–.-]/;

/** The words of a cell that holds nothing but one paragraph; null for a cell with more or other content. */
export function plainText(cell: Cell): string | null {
  const [only, ...more] = cell.blocks;
  return only?.kind === "text" && more.length === 0 ? runsToText(only.runs).trim() : null;
}

/** Answers whether all that a cell says is in bold type. */
export function isBold(cell: Cell): boolean {
  const runs = cell.blocks.flatMap((block) => (block.kind === "text" ? block.runs : []));
  const words = runs.filter((run) => "text" in run && run.text.trim() !== "");
  const textOnly = cell.blocks.every(({ kind }) => kind === "text");
  return textOnly && words.length > 0 && words.every((run) => "text" in run && run.look.bold);
}

/** A cell in the head of a table is drawn in bold type anyway. */
export function asHeader(cell: Cell): Cell {
  const blocks = cell.blocks.map((block) =>
    block.kind === "text" ? { ...block, level: null, runs: block.runs.map(withoutBold) } : block,
  );
  return { ...cell, blocks, header: true };
}

function withoutBold(run: Run): Run {
  return "text" in run ? { ...run, look: { ...run.look, bold: false } } : run;
}

/**
 * Brings together what a filing sets in cells of its own to make figures line up: the currency sign before a figure,
 * the bracket or percent sign after it.
 */
export function joinFigures(row: readonly Cell[]): Cell[] {
  const cells = [...row];
  let previous: number | null = null;
  for (const [index, cell] of row.entries()) {
    if (cell.blocks.length === 0) continue;
    const text = plainText(cell);
    if (text !== null && currency.test(text)) {
      const next = [index + 1, index + 2].find((at) => (row[at]?.blocks.length ?? 0) > 0);
      const number = next === undefined ? undefined : cells[next];
      if (next !== undefined && number !== undefined && figure.test(plainText(number) ?? "")) {
        cells[index] = { ...cell, blocks: [] };
        cells[next] = withText(number, (block) => prepend(block, [{ text, look: lookOf(block) }]));
        continue;
      }
    }
    const before = previous === null ? undefined : cells[previous];
    if (
      text !== null &&
      closing.test(text) &&
      previous !== null &&
      before !== undefined &&
      index - previous <= 2
    ) {
      if (/[\d)—–]$/.test(plainText(before) ?? "")) {
        cells[index] = { ...cell, blocks: [] };
        cells[previous] = withText(before, (block) => ({
          ...block,
          runs: [...block.runs, { text, look: lookOf(block) }],
        }));
        continue;
      }
    }
    previous = index;
  }
  return cells;
}

function withText(cell: Cell, change: (block: TextBlock) => TextBlock): Cell {
  return { ...cell, blocks: cell.blocks.map((block) => (block.kind === "text" ? change(block) : block)) };
}

function lookOf(block: TextBlock) {
  const run = block.runs.find((candidate) => "text" in candidate);
  if (run === undefined || !("text" in run)) throw new Error("a text block has text");
  return run.look;
}

import { type Cell, prepend, type Run, runsToText, type TextBlock } from "./blocks.js";

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

/** Puts text before a cell's own, in its look. */
export function prependText(cell: Cell, text: string): Cell {
  return withText(cell, (block) => {
    const look = block.runs.find((run) => "text" in run)?.look;
    return look === undefined ? block : prepend(block, [{ text, look }]);
  });
}

/** Changes the paragraphs of a cell. */
export function withText(cell: Cell, change: (block: TextBlock) => TextBlock): Cell {
  return { ...cell, blocks: cell.blocks.map((block) => (block.kind === "text" ? change(block) : block)) };
}

import type { Block, Cell, TableBlock } from "./blocks.js";
import type { Tag } from "./restyle.js";

type Group = "head" | "body" | "foot";

/** A group of a table's rows. */
export interface Section {
  readonly group: Group;
  readonly rows: Cell[][];
}

const groups: Readonly<Record<string, Group>> = {
  thead: "head",
  "table-header-group": "head",
  tfoot: "foot",
  "table-footer-group": "foot",
};

/** A table as the page has it; its rows come out in the order in which a browser shows them. */
export class SourceTable {
  readonly #sections: Section[] = [];

  section({ name, style }: Tag): Section {
    const display = style.get("display") ?? "";
    const group = display.startsWith("table-") ? groups[display] : groups[name];
    const section: Section = { group: group ?? "body", rows: [] };
    this.#sections.push(section);
    return section;
  }

  /** The rows that stand in the table outside any group. */
  get loose(): Section {
    const last = this.#sections.at(-1);
    if (last?.group === "body") return last;
    const section: Section = { group: "body", rows: [] };
    this.#sections.push(section);
    return section;
  }

  /** The first head is shown first and the first foot last, wherever they stand; others stay in their place. */
  finish(): TableBlock {
    const head = this.#sections.find(({ group }) => group === "head");
    const foot = this.#sections.find(({ group }) => group === "foot");
    const between = this.#sections.filter((section) => section !== head && section !== foot);
    const rows = [head, ...between, foot].flatMap((section) => endingInside(section?.rows ?? []));
    return { kind: "table", rows };
  }
}

/** Begins a row of a section and answers its cells. */
export function newRow({ rows }: Section): Cell[] {
  const cells: Cell[] = [];
  rows.push(cells);
  return cells;
}

/** Begins a cell and answers its blocks. */
export function newCell(cells: Cell[], tag: Tag, head: boolean): Block[] {
  const blocks: Block[] = [];
  cells.push({
    blocks,
    header: head || tag.name === "th",
    colspan: span(tag.attributes.get("colspan"), 1000),
    rowspan: span(tag.attributes.get("rowspan"), 65_534),
  });
  return blocks;
}

/** No cell reaches out of its group of rows. */
function endingInside(rows: Cell[][]): Cell[][] {
  return rows.map((cells, index) =>
    cells.map((cell) =>
      cell.rowspan > rows.length - index ? { ...cell, rowspan: rows.length - index } : cell,
    ),
  );
}

function span(value: string | undefined, most: number): number {
  const number = Number.parseInt(value ?? "1", 10);
  // A rowspan of 0 reaches to the end of its group of rows.
  if (number === 0) return most === 1000 ? 1 : most;
  return number >= 1 ? Math.min(number, most) : 1;
}

import { type Block, type Cell, type ListBlock, runsToText, type TableBlock } from "./blocks.js";
import { Line } from "./line.js";
import { type Look, marksOf } from "./look.js";
import type { Tag } from "./restyle.js";

type Scope =
  | { readonly kind: "blocks"; readonly blocks: Block[] }
  | { readonly kind: "list"; readonly list: ListBlock }
  | { readonly kind: "table"; readonly table: TableBlock }
  | { readonly kind: "section"; readonly table: TableBlock; readonly head: boolean }
  | { readonly kind: "row"; readonly cells: Cell[]; readonly head: boolean };

/** Lists, tables and quotations inside each other deeper than this are read as plain paragraphs. */
const deepestStructure = 14;

/** Makes blocks of start tags, text and end tags in the order of the source. */
export class BlockBuilder {
  readonly blocks: Block[] = [];
  readonly #scopes: Scope[] = [{ kind: "blocks", blocks: this.blocks }];
  readonly #line = new Line();
  #anchors: string[] = [];
  #structure = 0;

  text(text: string, look: Look): void {
    this.#line.addText(text, look);
  }

  gap(look: Look): void {
    this.#line.addGap(look);
  }

  lineBreak(): void {
    if (this.#line.addBreak()) this.endLine();
  }

  rule(): void {
    this.endLine();
    this.#target().push({ kind: "rule" });
  }

  anchor(name: string): void {
    this.#anchors.push(name);
  }

  /** Ends the paragraph at hand, as the start and end of every block element does. */
  endLine(): void {
    const { blank, look } = this.#line.state;
    if (blank) {
      this.#line.take();
      return;
    }
    const code = look.verbatim ? this.#takeCode() : null;
    if (code !== null) {
      this.#target().push({ kind: "code", text: code });
      return;
    }
    const { align, level, floating } = look;
    const anchors = this.#anchors;
    this.#anchors = [];
    this.#target().push({ kind: "text", runs: this.#line.take(), align, level, anchors, floating });
  }

  /** Begins a block element and answers what ends it. */
  open(tag: Tag): () => void {
    this.endLine();
    const scopes = this.#scopesFor(tag);
    const structural =
      scopes.some(({ kind }) => kind === "list" || kind === "table") || tag.name === "blockquote";
    if (structural) this.#structure += 1;
    this.#scopes.push(...scopes);
    return () => {
      this.endLine();
      this.#scopes.length -= scopes.length;
      if (structural) this.#structure -= 1;
      const [scope] = scopes;
      // Only now, so that a caption comes to stand before its table.
      if (scope?.kind === "table" && scope.table.rows.length > 0) this.#target().push(scope.table);
    };
  }

  #scopesFor(tag: Tag): Scope[] {
    const around = this.#scopes.at(-1);
    const tooDeep = this.#structure >= deepestStructure;
    switch (tag.name) {
      case "ul":
      case "ol":
      case "menu":
      case "dir":
        return tooDeep
          ? []
          : [{ kind: "list", list: this.#newList(tag.name === "ol", tag.attributes.get("start")) }];
      case "li": {
        const list =
          around?.kind === "list" ? around.list : tooDeep ? null : this.#newList(false, undefined, true);
        return list === null ? [] : [{ kind: "blocks", blocks: newItem(list) }];
      }
      case "blockquote": {
        if (tooDeep) return [];
        const blocks: Block[] = [];
        this.#target().push({ kind: "quote", blocks });
        return [{ kind: "blocks", blocks }];
      }
      case "table":
        return tooDeep ? [] : [{ kind: "table", table: { kind: "table", rows: [] } }];
      case "thead":
      case "tbody":
      case "tfoot":
        return around?.kind === "table"
          ? [{ kind: "section", table: around.table, head: tag.name === "thead" }]
          : [];
      case "tr":
        return around?.kind === "table" || around?.kind === "section"
          ? [{ kind: "row", cells: newRow(around.table), head: around.kind === "section" && around.head }]
          : [];
      case "td":
      case "th":
        return around?.kind === "row"
          ? [{ kind: "blocks", blocks: newCell(around.cells, tag, around.head) }]
          : [];
      default:
        return [];
    }
  }

  /** Where the next block goes; text directly inside a list belongs to its last item, inside a table before it. */
  #target(): Block[] {
    const scope = this.#scopes.findLast(({ kind }) => kind === "blocks" || kind === "list");
    if (scope?.kind === "blocks") return scope.blocks;
    if (scope?.kind === "list") return scope.list.items.at(-1) ?? newItem(scope.list);
    return this.blocks;
  }

  #newList(ordered: boolean, start: string | undefined, implied = false): ListBlock {
    const first = Number(start ?? 1);
    const list: ListBlock = {
      kind: "list",
      ordered,
      start: Number.isInteger(first) && first >= 0 && first <= 1_000_000 ? first : 1,
      items: [],
      implied,
    };
    this.#target().push(list);
    return list;
  }

  /** Answers the text of a `pre` if it is only text, or null if links or emphasis in it are worth more than its spaces. */
  #takeCode(): string | null {
    const { runs } = this.#line.state;
    if (!runs.every((run) => !("text" in run) || marksOf({ ...run.look, code: false }).length === 0))
      return null;
    return runsToText(this.#line.takeVerbatim()).replace(/^\s*\n|\s+$/g, "");
  }
}

function newItem(list: ListBlock): Block[] {
  const blocks: Block[] = [];
  list.items.push(blocks);
  return blocks;
}

function newRow(table: TableBlock): Cell[] {
  const cells: Cell[] = [];
  table.rows.push(cells);
  return cells;
}

function newCell(cells: Cell[], tag: Tag, head: boolean): Block[] {
  const blocks: Block[] = [];
  cells.push({
    blocks,
    header: head || tag.name === "th",
    colspan: span(tag.attributes.get("colspan"), 1000),
    rowspan: span(tag.attributes.get("rowspan"), 65_534),
  });
  return blocks;
}

function span(value: string | undefined, most: number): number {
  const number = Number.parseInt(value ?? "1", 10);
  // A rowspan of 0 reaches to the end of the table.
  if (number === 0) return most === 1000 ? 1 : most;
  return number >= 1 ? Math.min(number, most) : 1;
}

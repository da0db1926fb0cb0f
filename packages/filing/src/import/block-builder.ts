import { type Block, type Cell, runsToText } from "./blocks.js";
import { Line } from "./line.js";
import { type Look, marksOf } from "./look.js";
import { Losses } from "./losses.js";
import type { Tag } from "./restyle.js";
import { SourceList } from "./source-list.js";
import { newCell, newRow, type Section, SourceTable } from "./source-table.js";

type Scope =
  | { readonly kind: "blocks"; readonly blocks: Block[] }
  | { readonly kind: "list"; readonly list: SourceList }
  | { readonly kind: "table"; readonly table: SourceTable }
  | { readonly kind: "section"; readonly section: Section }
  | { readonly kind: "row"; readonly cells: Cell[]; readonly head: boolean };

/** Lists, tables and quotations inside each other deeper than this are read as plain paragraphs. */
const deepestStructure = 14;

/** Makes blocks of start tags, text and end tags in the order of the source. */
export class BlockBuilder {
  readonly blocks: Block[] = [];
  readonly #scopes: Scope[] = [{ kind: "blocks", blocks: this.blocks }];
  readonly #line = new Line();
  readonly #losses: Losses;
  #anchors: string[] = [];
  #structure = 0;
  #paragraphs = 0;

  constructor() {
    this.#losses = new Losses(() => this.#paragraphs);
  }

  /** What of the page has not become part of a block. */
  get losses(): Losses {
    return this.#losses;
  }

  text(text: string, look: Look): void {
    this.#line.addText(text, look);
    this.#losses.passed(text);
  }

  gap(look: Look): void {
    this.#line.addGap(look);
  }

  lineBreak(look: Look): void {
    if (look.verbatim) this.#line.addText("\n", look);
    else if (this.#line.addBreak()) this.endLine();
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
    this.#paragraphs += 1;
    const code = look.verbatim ? this.#takeCode() : null;
    if (code !== null) {
      this.#target().push({ kind: "code", text: code });
      return;
    }
    const { align, level, floating, word } = look;
    const anchors = this.#anchors;
    this.#anchors = [];
    this.#target().push({ kind: "text", runs: this.#line.take(), align, level, anchors, floating, word });
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
      if (scope?.kind === "table") {
        const table = scope.table.finish();
        if (table.rows.length > 0) this.#target().push(table);
      }
      if (scope?.kind === "list") this.#target().push(...scope.list.finish());
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
        return tooDeep ? [] : [{ kind: "list", list: new SourceList(tag) }];
      case "li": {
        if (around?.kind === "list") return [{ kind: "blocks", blocks: around.list.add(tag) }];
        if (tooDeep) return [];
        const list = new SourceList(tag, true);
        return [
          { kind: "list", list },
          { kind: "blocks", blocks: list.add(tag) },
        ];
      }
      case "blockquote": {
        if (tooDeep) return [];
        const blocks: Block[] = [];
        this.#target().push({ kind: "quote", blocks });
        return [{ kind: "blocks", blocks }];
      }
      case "table":
        return tooDeep ? [] : [{ kind: "table", table: new SourceTable() }];
      case "thead":
      case "tbody":
      case "tfoot":
        return around?.kind === "table" ? [{ kind: "section", section: around.table.section(tag) }] : [];
      case "tr": {
        const section =
          around?.kind === "section" ? around.section : around?.kind === "table" ? around.table.loose : null;
        return section === null
          ? []
          : [{ kind: "row", cells: newRow(section), head: section.group === "head" }];
      }
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
    if (scope?.kind === "list") return scope.list.end;
    return this.blocks;
  }

  /** Answers the text of a `pre`, or null if it has no lines or columns, and its links or emphasis are worth more. */
  #takeCode(): string | null {
    const { runs } = this.#line.state;
    const plain = runs.every((run) => !("text" in run) || marksOf({ ...run.look, code: false }).length === 0);
    if (!plain && !/\n| {3}|\t/.test(runsToText(runs).trim())) return null;
    if (!plain) this.#losses.add("emphasis", runsToText(runs));
    return runsToText(this.#line.takeVerbatim()).replace(/^(?:[ \t]*\n)+|\s+$/g, "");
  }
}

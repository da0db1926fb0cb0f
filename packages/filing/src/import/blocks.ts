import type { Look } from "./look.js";
import type { WordItem } from "./word-item.js";

/** A stretch of text of one look, or a line break within a paragraph. */
export type Run = { readonly text: string; readonly look: Look } | { readonly lineBreak: true };

/** One paragraph or heading of the source. */
export interface TextBlock {
  readonly kind: "text";
  runs: Run[];
  align: Look["align"];
  /** The heading level, 1 to 6, or null for a paragraph. */
  level: number | null;
  /** Names by which links point here. */
  anchors: string[];
  /** Whether the source let it float beside the next block, as it does with the marker of a list item. */
  floating: boolean;
  /** Of which of Word's lists it is an item, if of any. */
  word?: WordItem | null;
}

/** A list, each item a sequence of blocks. */
export interface ListBlock {
  readonly kind: "list";
  readonly ordered: boolean;
  readonly start: number;
  /** Letters or Roman numerals, as `ol` names them; null for digits, undefined where the list is not numbered. */
  readonly type?: "a" | "A" | "i" | "I" | null | undefined;
  readonly items: Block[][];
  /** Whether the source has no list here, only paragraphs that begin with a bullet. */
  readonly implied: boolean;
}

/** A cell of a table as the source has it. */
export interface Cell {
  blocks: Block[];
  readonly header: boolean;
  readonly colspan: number;
  readonly rowspan: number;
}

/** A table as the source has it, or, once tidied, as the filing will. */
export interface TableBlock {
  readonly kind: "table";
  readonly rows: Cell[][];
}

/** Preformatted text. */
export interface CodeBlock {
  readonly kind: "code";
  readonly text: string;
}

/** A quotation. */
export interface QuoteBlock {
  readonly kind: "quote";
  readonly blocks: Block[];
}

/** A horizontal line. */
export interface RuleBlock {
  readonly kind: "rule";
}

/** A piece of the source between the HTML and the filing: paragraphs still know how they looked. */
export type Block = TextBlock | ListBlock | TableBlock | CodeBlock | QuoteBlock | RuleBlock;

/** The text of a block's runs, with breaks as line feeds. */
export function runsToText(runs: readonly Run[]): string {
  return runs.map((run) => ("text" in run ? run.text : "\n")).join("");
}

/** Puts text before the first run, in that run's look. */
export function prepend(block: TextBlock, runs: readonly Run[]): TextBlock {
  return { ...block, runs: [...runs, ...block.runs] };
}

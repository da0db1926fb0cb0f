import { type Block, type ListBlock, prepend, type TextBlock } from "./blocks.js";
import { type ListStyle, listStyleOf } from "./list-style.js";
import { plainLook } from "./look.js";
import type { Tag } from "./restyle.js";

interface Item {
  readonly blocks: Block[];
  readonly style: ListStyle;
  /** The number that the item states. */
  readonly value: number | null;
  /** Whether this is text that stands in the list outside any item. */
  readonly loose: boolean;
}

type Numbered = Exclude<ListBlock["type"], undefined>;

/** A list as the page has it; every item keeps the mark and the number that a browser would show before it. */
export class SourceList {
  readonly #items: Item[] = [];
  readonly #style: ListStyle;
  readonly #start: number | null;
  readonly #reversed: boolean;
  readonly #implied: boolean;

  constructor(tag: Tag, implied = false) {
    const ordered = tag.name === "ol";
    this.#style = (implied ? null : listStyleOf(tag)) ?? (ordered ? "1" : "bullet");
    this.#start = ordered ? wholeNumber(tag.attributes.get("start")) : null;
    this.#reversed = ordered && tag.attributes.has("reversed");
    this.#implied = implied;
  }

  add(tag: Tag): Block[] {
    const style = listStyleOf(tag) ?? this.#style;
    return this.#push({
      blocks: [],
      style,
      value: wholeNumber(tag.attributes.get("value")),
      loose: false,
    });
  }

  /** Where text goes that stands in the list, but in no item: behind the last one. */
  get end(): Block[] {
    return this.#items.at(-1)?.blocks ?? this.#push({ blocks: [], style: "none", value: null, loose: true });
  }

  #push(item: Item): Block[] {
    this.#items.push(item);
    return item.blocks;
  }

  /** The list as blocks. Where the count jumps, or its kind changes, another list begins; items without a mark are paragraphs. */
  finish(): Block[] {
    const count = this.#items.filter(({ loose }) => !loose).length;
    let number = this.#start ?? (this.#reversed ? count : 1);
    const blocks: Block[] = [];
    let open: { list: ListBlock; next: number | null } | null = null;
    for (const { blocks: content, style, value, loose } of this.#items) {
      if (!loose && value !== null) number = value;
      const own = number;
      if (!loose) number += this.#reversed ? -1 : 1;
      // An item that shows nothing has its number all the same.
      if (content.length === 0) continue;
      const kind = markOf(style, own);
      if (kind.text !== null) {
        open = null;
        blocks.push(...(kind.text === "" ? content : marked(kind.text, content)));
        continue;
      }
      const next: number | null = kind.type === undefined ? null : own;
      if (open === null || open.list.type !== kind.type || open.next !== next) {
        open = { list: this.#newList(kind.type, own), next };
        blocks.push(open.list);
      }
      open.list.items.push(content);
      if (open.next !== null) open.next += 1;
    }
    return blocks;
  }

  #newList(type: ListBlock["type"], start: number): ListBlock {
    const ordered = type !== undefined;
    return { kind: "list", ordered, start: ordered ? start : 1, type, items: [], implied: this.#implied };
  }
}

/** What stands before an item: text to be written, or (null) the mark of a list of a type; undefined is the bullet. */
function markOf(
  style: ListStyle,
  number: number,
): { readonly text: string; readonly type?: undefined } | { readonly text: null; readonly type?: Numbered } {
  if (style === "none") return { text: "" };
  if (style === "bullet") return { text: null };
  if (typeof style === "function") return { text: style(number) };
  if (number < 0 || number > 1_000_000) return { text: `${number}.` };
  return { text: null, type: style === "1" ? null : style };
}

function marked(text: string, content: readonly Block[]): Block[] {
  const [first, ...rest] = content;
  const run = { text: `${text} `, look: plainLook };
  if (first?.kind === "text") return [prepend(first, [run]), ...rest];
  const mark: TextBlock = {
    kind: "text",
    runs: [{ text, look: plainLook }],
    align: null,
    level: null,
    anchors: [],
    floating: false,
  };
  return [mark, ...content];
}

function wholeNumber(value: string | undefined): number | null {
  const digits = /^\s*([+-]?\d{1,9})/.exec(value ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}

import { type Block, type ListBlock, type Run, runsToText, type TextBlock } from "./blocks.js";
import type { WordItem } from "./word-item.js";

interface Open {
  readonly list: ListBlock;
  readonly item: WordItem;
}

/**
 * Makes lists of the paragraphs that Word writes for them: each says its list and level, and has its mark as text. A mark of a form that a
 * list of a filing does not have (`(a)`, `1.1`) stays text.
 */
export function gatherWordLists(blocks: readonly Block[]): Block[] {
  const gathered: Block[] = [];
  const open: Open[] = [];
  for (const block of blocks) {
    const item = block.kind === "text" ? block.word : null;
    if (block.kind !== "text" || !item) {
      open.length = 0;
      gathered.push(block);
      continue;
    }
    const mark = runsToText(block.runs.filter(isMark)).trim();
    const content = withoutMark(block);
    while ((open.at(-1)?.item.level ?? 0) > item.level) open.pop();
    const beside = open.at(-1)?.item.level === item.level ? open.at(-1) : undefined;
    const kind = kindOf(mark, beside?.list);
    if (kind === null) {
      open.length = 0;
      gathered.push(mark === "" ? content : block);
      continue;
    }
    const goesOn =
      beside?.item.list === item.list &&
      beside.list.type === kind.type &&
      (kind.type === undefined || kind.number === beside.list.start + beside.list.items.length);
    if (beside && goesOn) {
      beside.list.items.push([content]);
      continue;
    }
    if (beside) open.pop();
    const { type, number } = kind;
    const list: ListBlock = {
      kind: "list",
      ordered: type !== undefined,
      start: number,
      type,
      items: [[content]],
      implied: false,
    };
    (open.at(-1)?.list.items.at(-1) ?? gathered).push(list);
    open.push({ list, item });
  }
  return gathered;
}

/** What kind of list has such a mark, and which number it is; null for one that no list has. */
function kindOf(
  mark: string,
  beside: ListBlock | undefined,
): { readonly type: ListBlock["type"]; readonly number: number } | null {
  if (/^[^\p{L}\p{N}\s(]$|^o$/u.test(mark)) return { type: undefined, number: 1 };
  const said = /^(?:(\d{1,6})|([a-z]{1,6})|([A-Z]{1,6}))\.$/.exec(mark);
  if (said === null) return null;
  if (said[1] !== undefined) return { type: null, number: Number(said[1]) };
  const small = (said[2] ?? said[3] ?? "").toLowerCase();
  const isSmall = said[2] !== undefined;
  const roman = romanNumber(small);
  const next = beside === undefined ? 1 : beside.start + beside.items.length;
  const letters = small.length === 1 ? small.charCodeAt(0) - 96 : null;
  const goesOn = beside?.type === (isSmall ? "a" : "A") && letters === next;
  if (roman !== null && !goesOn && (small.length > 1 || roman === next))
    return { type: isSmall ? "i" : "I", number: roman };
  return letters === null ? null : { type: isSmall ? "a" : "A", number: letters };
}

function romanNumber(text: string): number | null {
  if (!/^x{0,3}(?:ix|iv|v?i{0,3})$/.test(text)) return null;
  const values: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10 };
  const numbers = [...text].map((letter) => values[letter] ?? 0);
  return numbers.reduce((sum, value, at) => sum + (value < (numbers[at + 1] ?? 0) ? -value : value), 0);
}

function isMark(run: Run): boolean {
  return "text" in run && run.look.wordMark;
}

function withoutMark(block: TextBlock): TextBlock {
  const runs = block.runs.filter((run) => !isMark(run));
  const [first, ...rest] = runs;
  const begun =
    first !== undefined && "text" in first ? [{ ...first, text: first.text.trimStart() }, ...rest] : runs;
  return { ...block, word: null, runs: begun.filter((run) => !("text" in run) || run.text !== "") };
}

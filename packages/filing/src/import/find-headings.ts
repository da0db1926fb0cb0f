import { type Block, type Run, runsToText, type TextBlock } from "./blocks.js";

const longest = 150;
const mostWordsInBold = 16;

/**
 * Makes headings of paragraphs that look like headings, where it is reasonably sure: filings seldom have heading tags.
 * A page that has some is believed to have meant what it said.
 */
export function findHeadings(blocks: readonly Block[]): Block[] {
  const texts = blocks.filter((block) => block.kind === "text");
  if (texts.some(({ level }) => level !== null)) return [...blocks];
  const body = commonSize(texts);
  return blocks.map((block) => {
    if (block.kind !== "text" || block.floating) return block;
    const level = levelOf(block, body);
    return level === null ? block : { ...block, level, runs: block.runs.map(withoutBold) };
  });
}

function levelOf(block: TextBlock, body: number): number | null {
  const text = runsToText(block.runs).trim();
  if (text.length > longest || block.align === "right" || !/\p{L}{2}/u.test(text) || text.startsWith("("))
    return null;
  const words = text.split(/\s+/).length;
  if (/[.;:,]$/.test(text) && words > 6) return null;
  const { bold, italic, size, linked } = emphasisOf(block.runs);
  if (linked) return null;
  const ratio = size / body;
  if (ratio >= 1.45 && (bold || block.align === "center")) return 1;
  if (ratio >= 1.45) return words <= mostWordsInBold ? 2 : null;
  if (!bold || ratio < 0.95 || words > mostWordsInBold) return null;
  if (ratio >= 1.15) return 2;
  if (block.align === "center" && text === text.toUpperCase()) return 2;
  return italic ? 4 : 3;
}

/** How nearly all of the text looks: a stray space in other type does not count, nor does a raised footnote mark. */
function emphasisOf(runs: readonly Run[]): { bold: boolean; italic: boolean; size: number; linked: boolean } {
  let all = 0;
  let bold = 0;
  let italic = 0;
  let linked = 0;
  const sizes = new Map<number, number>();
  for (const run of runs) {
    if (!("text" in run) || run.look.script !== null) continue;
    const count = run.text.replace(/\s/g, "").length;
    all += count;
    if (run.look.bold) bold += count;
    if (run.look.italic) italic += count;
    if (run.look.href !== null) linked += count;
    sizes.set(run.look.size, (sizes.get(run.look.size) ?? 0) + count);
  }
  return {
    bold: bold >= all * 0.95,
    italic: italic >= all * 0.95,
    size: mostFrequent(sizes),
    linked: linked >= all * 0.5,
  };
}

function commonSize(texts: readonly TextBlock[]): number {
  const sizes = new Map<number, number>();
  for (const run of texts.flatMap(({ runs }) => runs)) {
    if ("text" in run) sizes.set(run.look.size, (sizes.get(run.look.size) ?? 0) + run.text.length);
  }
  return mostFrequent(sizes);
}

function mostFrequent(counts: ReadonlyMap<number, number>): number {
  let [best, most] = [12, 0];
  for (const [size, count] of counts) if (count > most) [best, most] = [size, count];
  return best > 0 ? best : 12;
}

function withoutBold(run: Run): Run {
  return "text" in run ? { ...run, look: { ...run.look, bold: false } } : run;
}

import { type Block, type ListBlock, prepend, type Run, runsToText, type TextBlock } from "./blocks.js";

const bullet = /^[•·●▪■◦○‣⁃∙➢►✓✔\uf0b7\uf0a7]$/;
const dash = /^[–—-]$/;
const bulletAndText = /^([•●▪■◦‣⁃∙➢►\uf0b7\uf0a7])\s+(?=\S)/;
const marker = /^(?:\(?(?:\d{1,3}|[a-z]|[A-Z]|[ivxl]{1,6}|[IVXL]{1,6})[.)]|[*†‡§#+]{1,4}|[☐☑☒□])$/;
const deepestLevels = 3;

/** Answers whether text is only what stands before an item: a bullet, a dash, a number, a letter, a box. */
export function isMarker(text: string): boolean {
  return bullet.test(text) || dash.test(text) || marker.test(text);
}

/**
 * Makes lists of paragraphs that begin with a bullet, and joins other markers that were laid out beside their
 * paragraph to its text.
 */
export function gatherBullets(blocks: readonly Block[]): Block[] {
  const gathered: Block[] = [];
  const list = new ImpliedList(gathered);
  for (let index = 0; index < blocks.length; index += 1) {
    const block = blocks[index];
    if (block === undefined) continue;
    const following = blocks[index + 1];
    if (block.kind === "list" && block.implied) {
      for (const item of block.items) list.add("li", item);
    } else if (block.kind !== "text") {
      gathered.push(block);
    } else {
      const text = runsToText(block.runs).trim();
      const glyph = bulletAndText.exec(text)?.[1];
      const beside = following?.kind === "text" && (bullet.test(text) || (block.floating && isMarker(text)));
      if (beside) {
        index += 1;
        if (bullet.test(text) || dash.test(text)) list.add(text, [asItem(block, following)]);
        else gathered.push(joined(block, following));
      } else if (glyph !== undefined)
        list.add(glyph, [{ ...block, level: null, runs: withoutBullet(block.runs) }]);
      else gathered.push(block);
    }
  }
  return gathered;
}

/** The list that grows at the end of the blocks; a bullet of another shape opens a list inside the last item. */
class ImpliedList {
  readonly #blocks: Block[];
  #glyphs: string[] = [];

  constructor(blocks: Block[]) {
    this.#blocks = blocks;
  }

  add(glyph: string, item: Block[]): void {
    let list = impliedListAtEnd(this.#blocks);
    if (list === null) {
      this.#glyphs = [glyph];
      this.#blocks.push(newList(item));
      return;
    }
    let level = this.#glyphs.indexOf(glyph);
    if (level === -1) level = Math.min(this.#glyphs.length, deepestLevels);
    this.#glyphs = [...this.#glyphs.slice(0, level), glyph];
    for (; level > 0; level -= 1) {
      const last: Block[] = list.items.at(-1) ?? [];
      const inner = impliedListAtEnd(last);
      if (inner === null) {
        last.push(newList(item));
        return;
      }
      list = inner;
    }
    list.items.push(item);
  }
}

function impliedListAtEnd(blocks: readonly Block[]): ListBlock | null {
  const last = blocks.at(-1);
  return last?.kind === "list" && last.implied ? last : null;
}

function newList(item: Block[]): ListBlock {
  return { kind: "list", ordered: false, start: 1, items: [item], implied: true };
}

function asItem(mark: TextBlock, text: TextBlock): TextBlock {
  return { ...text, level: null, anchors: [...mark.anchors, ...text.anchors] };
}

function joined(mark: TextBlock, text: TextBlock): TextBlock {
  const look = text.runs.find((run) => "text" in run)?.look;
  const runs: Run[] = look === undefined ? mark.runs : [{ text: `${runsToText(mark.runs).trim()} `, look }];
  return { ...prepend(text, runs), anchors: [...mark.anchors, ...text.anchors] };
}

function withoutBullet(runs: readonly Run[]): Run[] {
  const rest = [...runs];
  let sought: "glyph" | "space" = "glyph";
  for (;;) {
    const [first] = rest;
    if (first === undefined) return rest;
    if (!("text" in first)) rest.shift();
    else {
      const text = sought === "glyph" ? first.text.trimStart().slice(1).trimStart() : first.text.trimStart();
      sought = "space";
      rest[0] = { ...first, text };
      if (text !== "") return rest;
      rest.shift();
    }
  }
}

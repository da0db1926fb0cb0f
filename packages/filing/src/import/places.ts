import type { Block, TextBlock } from "./blocks.js";

/** Which name each place in the filing bears, for every name by which the page's links call it. */
export type Places = ReadonlyMap<string, string>;

/** Finds the places that links of the page point to; a paragraph with several names keeps the first that is used. */
export function findPlaces(blocks: readonly Block[]): Places {
  const texts = [...textsOf(blocks)];
  const used = new Set<string>();
  for (const { runs } of texts) {
    for (const run of runs)
      if ("text" in run && run.look.href?.startsWith("#")) used.add(run.look.href.slice(1));
  }
  const places = new Map<string, string>();
  for (const { anchors } of texts) {
    const [first, ...others] = anchors.filter((name) => used.has(name) && !places.has(name));
    if (first === undefined) continue;
    for (const name of [first, ...others]) places.set(name, first);
  }
  return places;
}

/** All paragraphs, in lists, tables and quotations too, in the order of the page. */
export function* textsOf(blocks: readonly Block[]): Generator<TextBlock> {
  for (const block of blocks) {
    switch (block.kind) {
      case "text":
        yield block;
        break;
      case "list":
        for (const item of block.items) yield* textsOf(item);
        break;
      case "table":
        for (const row of block.rows) for (const cell of row) yield* textsOf(cell.blocks);
        break;
      case "quote":
        yield* textsOf(block.blocks);
        break;
      case "code":
      case "rule":
        break;
    }
  }
}

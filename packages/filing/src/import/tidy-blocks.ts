import type { Block } from "./blocks.js";
import { gatherBullets } from "./bullets.js";
import { tidyTable } from "./tidy-table.js";
import { gatherWordLists } from "./word-lists.js";

/** Turns what a page uses for looks only (layout tables, bullets typed as text, rows of rules) into structure. */
export function tidyBlocks(blocks: readonly Block[]): Block[] {
  return withoutRepeatedRules(gatherBullets(gatherWordLists(blocks.flatMap(tidyBlock))));
}

function tidyBlock(block: Block): Block[] {
  switch (block.kind) {
    case "table": {
      const rows = block.rows.map((row) => row.map((cell) => ({ ...cell, blocks: tidyBlocks(cell.blocks) })));
      return tidyTable({ ...block, rows });
    }
    case "list": {
      const items = block.items.map(tidyBlocks).filter((item) => item.length > 0);
      return items.length === 0 ? [] : [{ ...block, items }];
    }
    case "quote": {
      const inner = tidyBlocks(block.blocks);
      return inner.length === 0 ? [] : [{ ...block, blocks: inner }];
    }
    default:
      return [block];
  }
}

function withoutRepeatedRules(blocks: readonly Block[]): Block[] {
  return blocks.filter((block, index) => block.kind !== "rule" || blocks[index - 1]?.kind !== "rule");
}

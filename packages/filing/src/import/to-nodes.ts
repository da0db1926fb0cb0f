import type { LooseMark, LooseNode } from "../loose.js";
import type { Block, Cell, Run, TextBlock } from "./blocks.js";
import { type Look, marksOf } from "./look.js";
import type { Places } from "./places.js";

/** Writes blocks as the nodes of a filing. */
export function toNodes(blocks: readonly Block[], places: Places): LooseNode[] {
  return blocks.map((block) => toNode(block, places));
}

function toNode(block: Block, places: Places): LooseNode {
  switch (block.kind) {
    case "text":
      return textNode(block, places);
    case "list": {
      const content = block.items.map((item) => ({ type: "listItem", content: toNodes(item, places) }));
      return block.ordered
        ? { type: "orderedList", attrs: { start: block.start, type: block.type ?? null }, content }
        : { type: "bulletList", content };
    }
    case "table":
      return {
        type: "table",
        content: block.rows.map((row) => ({
          type: "tableRow",
          content: row.map((cell) => cellNode(cell, places)),
        })),
      };
    case "quote":
      return { type: "blockquote", content: toNodes(block.blocks, places) };
    case "code":
      return { type: "codeBlock", content: [{ type: "text", text: block.text }] };
    case "rule":
      return { type: "horizontalRule" };
  }
}

function cellNode({ blocks, header, colspan, rowspan }: Cell, places: Places): LooseNode {
  return {
    type: header ? "tableHeader" : "tableCell",
    attrs: { colspan, rowspan },
    content: blocks.length === 0 ? [{ type: "paragraph" }] : toNodes(blocks, places),
  };
}

function textNode({ runs, align, level, anchors }: TextBlock, places: Places): LooseNode {
  const anchor = anchors.find((name) => places.get(name) === name);
  const content = runs.map((run) => inlineNode(run, places));
  const attrs = { textAlign: align, anchor };
  return level === null
    ? { type: "paragraph", attrs, content }
    : { type: "heading", attrs: { ...attrs, level }, content };
}

function inlineNode(run: Run, places: Places): LooseNode {
  return "text" in run
    ? { type: "text", text: run.text, marks: marksFor(run.look, places) }
    : { type: "hardBreak" };
}

function marksFor(look: Look, places: Places): LooseMark[] {
  const place = look.href?.startsWith("#") ? places.get(look.href.slice(1)) : undefined;
  return marksOf(place === undefined ? look : { ...look, href: `#${place}` });
}

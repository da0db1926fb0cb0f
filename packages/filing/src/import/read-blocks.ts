import type { DefaultTreeAdapterTypes } from "parse5";
import { anchorName } from "../anchor.js";
import { BlockBuilder } from "./block-builder.js";
import type { Block } from "./blocks.js";
import { Cascade } from "./cascade.js";
import { points } from "./declarations.js";
import { type Look, plainLook } from "./look.js";
import type { Losses } from "./losses.js";
import { replacement, textOf } from "./replaced.js";
import { restyle, type Tag } from "./restyle.js";
import { tellLosses } from "./tell-losses.js";
import { isBlock, isUnseen } from "./visibility.js";

/** What a page says: its blocks in order, and the title in its head. */
export interface ReadPage {
  readonly blocks: Block[];
  readonly title: string | null;
  /** What of the page has not become part of a block. */
  readonly losses: Losses;
}

interface Visit {
  readonly nodes: readonly DefaultTreeAdapterTypes.ChildNode[];
  readonly look: Look;
  readonly leave: (() => void) | null;
  next: number;
}

/** Walks the parsed page with a stack of its own, since a page may nest deeper than the machine's stack reaches. */
export function readBlocks(document: DefaultTreeAdapterTypes.Document): ReadPage {
  const builder = new BlockBuilder();
  const cascade = new Cascade(document);
  let title: string | null = null;
  const stack: Visit[] = [
    { nodes: document.childNodes, look: plainLook, leave: () => builder.endLine(), next: 0 },
  ];
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const node = visit.nodes[visit.next];
    visit.next += 1;
    if (node === undefined) {
      visit.leave?.();
      stack.pop();
    } else if ("value" in node) {
      if (!visit.look.hidden && visit.look.size > 0) builder.text(node.value, visit.look);
      else if (node.value.trim() !== "") {
        builder.gap(visit.look);
        builder.losses.add("hidden text", node.value);
      }
    } else if ("tagName" in node) {
      if (node.tagName === "title") title ??= textOf(node);
      else {
        const tag = tagOf(node, cascade);
        tellLosses(node, tag, builder.losses, visit.look.hidden);
        const instead = replacement(node, tag);
        const entered = instead === null ? enter(builder, tag, visit.look) : null;
        if (instead !== null && !isUnseen(tag) && !restyle(visit.look, tag).hidden)
          builder.text(instead, visit.look);
        if (entered !== null) stack.push({ ...entered, nodes: node.childNodes, next: 0 });
      }
    }
  }
  return { blocks: builder.blocks, title, losses: builder.losses };
}

function enter(builder: BlockBuilder, tag: Tag, around: Look): Pick<Visit, "look" | "leave"> | null {
  if (isUnseen(tag)) return null;
  const anchor = anchorName(
    tag.attributes.get("id") ?? (tag.name === "a" ? tag.attributes.get("name") : null) ?? "",
  );
  switch (tag.name) {
    case "br":
      builder.lineBreak(around);
      return null;
    case "hr":
      builder.rule();
      return null;
  }
  const look = restyle(around, tag);
  if (isBlock(tag)) {
    const leave = builder.open(tag);
    if (anchor !== null) builder.anchor(anchor);
    return { look, leave };
  }
  if (anchor !== null) builder.anchor(anchor);
  const gap = points(tag.style.get("margin-left") ?? tag.style.get("padding-left"), look.size);
  if ((gap !== null && gap >= 3) || tag.style.has("float")) builder.gap(look);
  if (tag.name !== "q") return { look, leave: null };
  const [before, after] = around.quoted ? "‘’" : "“”";
  builder.text(before ?? "", look);
  return { look, leave: () => builder.text(after ?? "", look) };
}

function tagOf(element: DefaultTreeAdapterTypes.Element, cascade: Cascade): Tag {
  const attributes = new Map(element.attrs.map(({ name, value }) => [name, value]));
  return { name: element.tagName, attributes, style: cascade.styleOf(element, attributes.get("style")) };
}

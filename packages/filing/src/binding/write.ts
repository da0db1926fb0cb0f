import type { Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { cleanAttributes } from "../clean-attributes.js";
import { align } from "./align.js";
import { type Builder, buildChildren, insertAll, valuesOf } from "./build.js";
import { foreignOf } from "./foreign.js";
import { changedRegion, lineOf, restyled } from "./line.js";
import { builderFor } from "./moved.js";
import { countOf, type Parent, type Slot, type Views } from "./views.js";
import { replaceUnits, restyleUnits } from "./write-line.js";

/** Writes a line in another way than by what its element shows; false where it does not. */
export type LineWriter = (element: Parent, old: Node, next: Node, builder: Builder) => boolean;

/**
 * Writes into the shared document what a person changed in the editor, and nothing else: it compares what was shown with what is shown
 * now, never with what is shared. So what the page does not show, or shows otherwise, stays as it is. To be called within a transaction.
 * Answers whether the editor is to be shown the shared document anew: what was copied has ids that its nodes do not say.
 */
export function write(views: Views, old: Node, next: Node, lineWriter: LineWriter = () => false): boolean {
  const builder = builderFor(views, old, next);
  new Writer(views, builder, lineWriter).blocks(views.root, old, next);
  for (const copy of builder.copied) views.forget(copy);
  return builder.copied.length > 0;
}

class Writer {
  constructor(
    private readonly views: Views,
    private readonly builder: Builder,
    private readonly lineWriter: LineWriter,
  ) {}

  /** The children of an element that holds blocks. */
  blocks(element: Parent, old: Node, next: Node): void {
    const slots = this.views.slotsOf(element);
    const kept: Slot[] = [];
    // Among the children in the shared document, where the next one stands.
    let place = 0;
    let index = 0;
    const keep = (...more: readonly Slot[]) => {
      kept.push(...more);
      for (const slot of more) place += countOf(slot);
    };
    const keepHidden = () => {
      for (let slot = slots[index]; slot?.size === 0; slot = slots[++index]) keep(slot);
    };
    const pairs = align(old.children, next.children);
    // What only the page shows stays that way as long as nothing comes or goes beside it.
    const alike = pairs.length === old.childCount && pairs.length === next.childCount;
    let child = 0;
    let begun = 0;
    for (const [was, is] of [...pairs, [old.childCount, next.childCount] as const]) {
      for (; child < was; child++) {
        keepHidden();
        const count = countOf(slots[index++] ?? { value: undefined, size: 0 });
        if (count > 0) element.delete(place, count);
      }
      if (begun < is) {
        const made = buildChildren(next.children.slice(begun, is), this.builder);
        insertAll(element, place, valuesOf(made));
        keep(...made);
      }
      if (was === old.childCount) break;
      keepHidden();
      const slot = slots[index++];
      if (slot?.value === undefined && !(alike && old.child(was) === next.child(is))) {
        const made = buildChildren([next.child(is)], this.builder);
        insertAll(element, place, valuesOf(made));
        keep(...made);
      } else if (slot) keep(this.#child(slot, old.child(was), next.child(is)));
      [child, begun] = [was + 1, is + 1];
    }
    keepHidden();
    this.views.keep(element, { node: next, slots: kept });
  }

  #child(slot: Slot, old: Node, next: Node): Slot {
    if (old === next) return slot;
    if (slot.value instanceof Y.XmlElement && foreignOf(next) === null) this.#node(slot.value, old, next);
    return { ...slot, size: next.nodeSize };
  }

  #node(element: Y.XmlElement, old: Node, next: Node): void {
    this.#attributes(element, old, next);
    const slots = this.views.slotsOf(element);
    if (next.isLeaf || old.content === next.content) this.views.keep(element, { node: next, slots });
    else if (!next.inlineContent) this.blocks(element, old, next);
    else if (!this.lineWriter(element, old, next, this.builder)) this.#line(element, old, next);
  }

  #line(element: Y.XmlElement, old: Node, next: Node): void {
    let slots = this.views.slotsOf(element);
    const region = changedRegion(lineOf(old), lineOf(next));
    if (region) {
      const nodes = next.content.cut(region.from, region.end).content;
      slots = replaceUnits(element, slots, region, nodes, this.builder);
    }
    for (const stretch of restyled(old, next, region)) restyleUnits(slots, stretch);
    this.views.keep(element, { node: next, slots });
  }

  #attributes(element: Y.XmlElement, old: Node, next: Node): void {
    if (old.attrs === next.attrs) return;
    const sound: Record<string, unknown> = next.type.create(cleanAttributes(next.type, next.attrs)).attrs;
    for (const [name, value] of Object.entries(sound)) {
      if (JSON.stringify(old.attrs[name]) === JSON.stringify(value)) continue;
      if (value === null) element.removeAttribute(name);
      // The types of Yjs allow text only; the editors of a filing write numbers and lists.
      else element.setAttribute(name, value as string);
    }
  }
}

import type { Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { cleanAttributes } from "../clean-attributes.js";
import { foreignOf } from "./foreign.js";
import { attributesOf } from "./marks.js";
import type { Slot, View } from "./views.js";

/** A shared value that stands in an element. */
export type SharedChild = Y.XmlElement | Y.XmlText;

/** Yjs passes new children as arguments of one call, and a call can only take so many. */
const MOST_AT_ONCE = 10_000;

/** How nodes are made into shared types. */
export interface Builder {
  /** A copy of what a node was in another place; null where it is made anew. */
  readonly copy?: (node: Node) => unknown;
  /** Called with each element that was made, and how it is shown. */
  readonly made?: (element: Y.XmlElement, view: View) => void;
}

/** Inserts shared types, however many. */
export function insertAll(parent: Y.XmlFragment, index: number, types: readonly SharedChild[]): void {
  for (let from = 0; from < types.length; from += MOST_AT_ONCE)
    parent.insert(index + from, types.slice(from, from + MOST_AT_ONCE));
}

/** The shared types of the children of a node, each with the positions it takes. */
export function buildChildren(nodes: readonly Node[], builder: Builder = {}): Slot[] {
  const slots: Slot[] = [];
  let texts: Node[] = [];
  const endText = () => {
    if (texts.length > 0) slots.push(textSlot(texts, builder));
    texts = [];
  };
  for (const node of nodes) {
    if (node.isText || foreignOf(node)?.inText) texts.push(node);
    else {
      endText();
      const value = buildNode(node, builder);
      if (value !== null) slots.push({ value, size: node.nodeSize });
    }
  }
  endText();
  return slots;
}

/** The values of slots that were just built. */
export function valuesOf(slots: readonly Slot[]): SharedChild[] {
  return slots.flatMap(({ value }) =>
    value instanceof Y.XmlElement || value instanceof Y.XmlText ? [value] : [],
  );
}

/** The shared type of a node that is no text; null for a foreign one that cannot be written again. */
export function buildNode(node: Node, builder: Builder = {}): SharedChild | null {
  const copy = builder.copy?.(node);
  if (copy instanceof Y.XmlElement || copy instanceof Y.XmlText) return copy;
  if (foreignOf(node)) return null;
  const element = new Y.XmlElement<Record<string, unknown> & Record<string, string>>(node.type.name);
  const attrs = node.type.create(cleanAttributes(node.type, node.attrs)).attrs;
  for (const [name, value] of Object.entries(attrs)) if (value !== null) element.setAttribute(name, value);
  const slots = buildChildren(node.children, builder);
  insertAll(element, 0, valuesOf(slots));
  builder.made?.(element, { node, slots });
  return element;
}

function textSlot(nodes: readonly Node[], builder: Builder): Slot {
  const value = new Y.XmlText();
  value.applyDelta(
    nodes.map((node) => ({ insert: insertOf(node, builder), attributes: attributesOf(node.marks) })),
  );
  return { value, size: nodes.reduce((sum, { nodeSize }) => sum + nodeSize, 0) };
}

function insertOf(node: Node, builder: Builder): unknown {
  if (node.isText) return node.text;
  const foreign = foreignOf(node);
  // What cannot be written again leaves its place, since others count on it.
  return foreign?.embed ?? builder.copy?.(node) ?? {};
}

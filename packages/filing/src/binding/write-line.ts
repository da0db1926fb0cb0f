import type { Mark, Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { type Builder, buildChildren, insertAll, valuesOf } from "./build.js";
import { tailOf } from "./copy.js";
import type { Region, Restyled } from "./line.js";
import { attributeOf, attributesOf, markName } from "./marks.js";
import { countOf, type Parent, type Slot } from "./views.js";

/** Replaces units of a line by others, touching nothing else of it; answers its children as they are then. */
export function replaceUnits(
  element: Parent,
  slots: readonly Slot[],
  { from, to }: Pick<Region, "from" | "to">,
  nodes: readonly Node[],
  builder: Builder,
): readonly Slot[] {
  const left = deleteUnits(element, slots, from, to);
  if (nodes.length === 0) return left;
  return nodes.every(({ isText }) => isText)
    ? insertText(element, left, from, nodes)
    : insertNodes(element, left, from, nodes, builder);
}

/** Formats what stayed of a line as its new marks say; what the page does not show of its formatting stays. */
export function restyleUnits(slots: readonly Slot[], { from, to, before, after }: Restyled): void {
  eachWithin(slots, from, to, (value, start, end) => {
    if (value instanceof Y.Text) value.format(start, end - start, changes(value, start, end, before, after));
  });
}

function deleteUnits(element: Parent, slots: readonly Slot[], from: number, to: number): Slot[] {
  const left: Slot[] = [];
  let at = 0;
  for (const slot of slots) {
    const start = Math.max(from, at) - at;
    const end = Math.min(to, at + slot.size) - at;
    at += slot.size;
    if (start >= end) left.push(slot);
    else if (slot.value instanceof Y.Text) {
      slot.value.delete(start, end - start);
      // An empty text stays: a colleague may be writing into it.
      left.push({ value: slot.value, size: slot.size - (end - start) });
    } else element.delete(childrenIn(left), countOf(slot));
  }
  return left;
}

function insertText(element: Parent, slots: readonly Slot[], at: number, nodes: readonly Node[]): Slot[] {
  let start = 0;
  for (const [index, { value, size }] of slots.entries()) {
    if (value instanceof Y.Text && start <= at && at <= start + size) {
      const inserted = insertRuns(value, at - start, nodes);
      return slots.with(index, { value, size: size + inserted });
    }
    start += size;
  }
  return insertBetween(element, slots, placeOf(slots, at), buildChildren(nodes));
}

function insertNodes(
  element: Parent,
  slots: readonly Slot[],
  at: number,
  nodes: readonly Node[],
  builder: Builder,
): Slot[] {
  const parted = partAt(element, slots, at);
  return insertBetween(element, parted, placeOf(parted, at), buildChildren(nodes, builder));
}

/** Yjs cannot divide a text: what follows is written anew behind it, with all its attributes. */
function partAt(element: Parent, slots: readonly Slot[], at: number): readonly Slot[] {
  let start = 0;
  for (const [index, { value, size }] of slots.entries()) {
    const inside = at - start;
    if (value instanceof Y.Text && inside > 0 && inside < size) {
      const tail = tailOf(value, inside);
      value.delete(inside, size - inside);
      element.insert(childrenIn(slots.slice(0, index)) + 1, [tail]);
      return slots.toSpliced(index, 1, { value, size: inside }, { value: tail, size: size - inside });
    }
    start += size;
  }
  return slots;
}

function insertBetween(
  element: Parent,
  slots: readonly Slot[],
  index: number,
  made: readonly Slot[],
): Slot[] {
  insertAll(element, childrenIn(slots.slice(0, index)), valuesOf(made));
  return slots.toSpliced(index, 0, ...made);
}

function childrenIn(slots: readonly Slot[]): number {
  return slots.reduce((count, slot) => count + countOf(slot), 0);
}

/** Before the first child that has something from there on. */
function placeOf(slots: readonly Slot[], at: number): number {
  let start = 0;
  for (const [index, { size }] of slots.entries()) {
    if (size > 0 && start >= at) return index;
    start += size;
  }
  return slots.length;
}

function insertRuns(text: Y.Text, at: number, nodes: readonly Node[]): number {
  let inserted = 0;
  for (const { text: words = "", marks } of nodes) {
    text.insert(at + inserted, words, attributesOf(marks));
    inserted += words.length;
  }
  return inserted;
}

function changes(
  text: Y.Text,
  from: number,
  to: number,
  before: readonly Mark[],
  after: readonly Mark[],
): Record<string, unknown> {
  const removed = before.filter((mark) => !mark.isInSet(after));
  const added = after.filter((mark) => !mark.isInSet(before));
  const names = new Set(removed.map((mark) => attributeOf(mark)[0]));
  const gone = keysWithin(text, from, to).filter((key) => names.has(key) || names.has(markName(key)));
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...attributesOf(added) };
}

/** Keys of formatting between two places, as the shared text has them. */
function keysWithin(text: Y.Text, from: number, to: number): string[] {
  const keys = new Set<string>();
  let at = 0;
  for (const { insert, attributes = {} } of text.toDelta() as { insert: unknown; attributes?: object }[]) {
    const size = typeof insert === "string" ? insert.length : 1;
    if (at < to && at + size > from) for (const key of Object.keys(attributes)) keys.add(key);
    at += size;
  }
  return [...keys];
}

function eachWithin(
  slots: readonly Slot[],
  from: number,
  to: number,
  visit: (value: unknown, start: number, end: number) => void,
): void {
  let at = 0;
  for (const { value, size } of slots) {
    const start = Math.max(from, at);
    const end = Math.min(to, at + size);
    if (start < end) visit(value, start - at, end - at);
    at += size;
  }
}

import { Fragment, type Node, Slice } from "@tiptap/pm/model";
import type { Transaction } from "@tiptap/pm/state";
import { AttrStep, ReplaceStep } from "@tiptap/pm/transform";
import { align } from "./align.js";

/**
 * Makes the editor's document that of `next` with steps that touch only what differs, so that selections, decorations and a composition
 * elsewhere stay where they are. What stays the same is recognised as the same node, so this costs what changed.
 */
export function bringTo(transaction: Transaction, next: Node): void {
  changeContent(transaction, transaction.doc, next, 0);
}

/** The content of `old` begins at `start`. Changes are made from the end, so that what is before keeps its place. */
function changeContent(transaction: Transaction, old: Node, next: Node, start: number): void {
  if (old.content === next.content) return;
  if (old.inlineContent) return changeInline(transaction, old, next, start);
  const offsets = offsetsOf(old, start);
  const pairs = align(old.children, next.children);
  let [i, j] = [old.childCount, next.childCount];
  for (const [was, is] of [...pairs.reverse(), [-1, -1] as const]) {
    if (i > was + 1 || j > is + 1)
      replace(transaction, offsets[was + 1] ?? start, offsets[i] ?? start, next.children.slice(is + 1, j));
    if (was >= 0) changeNode(transaction, old.child(was), next.child(is), offsets[was] ?? start);
    [i, j] = [was, is];
  }
}

function changeNode(transaction: Transaction, old: Node, next: Node, at: number): void {
  if (old === next) return;
  if (old.isLeaf) return replace(transaction, at, at + old.nodeSize, [next]);
  changeContent(transaction, old, next, at + 1);
  for (const [name, value] of Object.entries(next.attrs))
    if (!sameValue(old.attrs[name], value)) transaction.step(new AttrStep(at, name, value));
}

function changeInline(transaction: Transaction, old: Node, next: Node, start: number): void {
  const from = old.content.findDiffStart(next.content);
  const end = old.content.findDiffEnd(next.content);
  if (from === null || end === null) return;
  // Where letters repeat, both searches claim the same ones.
  const overlap = Math.max(0, from - Math.min(end.a, end.b));
  const slice = new Slice(next.content.cut(from, end.b + overlap), 0, 0);
  transaction.step(new ReplaceStep(start + from, start + end.a + overlap, slice));
}

function replace(transaction: Transaction, from: number, to: number, nodes: readonly Node[]): void {
  transaction.step(new ReplaceStep(from, to, new Slice(Fragment.fromArray([...nodes]), 0, 0)));
}

/** Where each child begins, and where the last one ends. */
function offsetsOf(parent: Node, start: number): number[] {
  const offsets = [start];
  for (const { nodeSize } of parent.children) offsets.push((offsets.at(-1) ?? start) + nodeSize);
  return offsets;
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

import type { Node } from "@tiptap/pm/model";
import { foreignOf } from "./foreign.js";

/** The index of a child among the old ones, and of what it has become among the new ones. */
export type Pair = readonly [old: number, next: number];

/** Above so many comparisons, children between two that stayed are paired in order. */
const MOST_COMPARED = 2000;

/**
 * Pairs children with what they have become, in order: first those that are the same nodes, then, between them, those of one kind that
 * have most in common. What is not paired has gone or is new.
 */
export function align(old: readonly Node[], next: readonly Node[]): Pair[] {
  const { left, right } = unchangedAround(old, next);
  const pairs: Pair[] = [];
  for (let i = 0; i < left; i++) pairs.push([i, i]);
  let before: Pair = [left, left];
  const end: Pair = [old.length - right, next.length - right];
  for (const kept of [...keptInOrder(old, next, before, end), end]) {
    pairs.push(...pairBetween(old, next, before, kept));
    if (kept !== end) pairs.push(kept);
    before = [kept[0] + 1, kept[1] + 1];
  }
  for (let i = 0; i < right; i++) pairs.push([end[0] + i, end[1] + i]);
  return pairs;
}

/** How many children at both ends are the same nodes. */
function unchangedAround(old: readonly Node[], next: readonly Node[]): { left: number; right: number } {
  const most = Math.min(old.length, next.length);
  let left = 0;
  while (left < most && old[left] === next[left]) left++;
  let right = 0;
  while (right < most - left && old[old.length - 1 - right] === next[next.length - 1 - right]) right++;
  return { left, right };
}

/** The most of the same nodes that stand in the same order: the longest increasing subsequence. */
function keptInOrder(old: readonly Node[], next: readonly Node[], from: Pair, to: Pair): Pair[] {
  const places = new Map<Node, number>();
  for (let j = from[1]; j < to[1]; j++) {
    const node = next[j];
    if (node && !places.has(node)) places.set(node, j);
  }
  interface Link {
    readonly pair: Pair;
    readonly before: Link | undefined;
  }
  const shortest: Link[] = [];
  for (let i = from[0]; i < to[0]; i++) {
    const node = old[i];
    const j = node && places.get(node);
    if (node === undefined || j === undefined) continue;
    places.delete(node);
    let low = 0;
    let high = shortest.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shortest[middle]?.pair[1] ?? 0) < j) low = middle + 1;
      else high = middle;
    }
    shortest[low] = { pair: [i, j], before: shortest[low - 1] };
  }
  const pairs: Pair[] = [];
  for (let link = shortest.at(-1); link; link = link.before) pairs.push(link.pair);
  return pairs.reverse();
}

function pairBetween(old: readonly Node[], next: readonly Node[], from: Pair, to: Pair): Pair[] {
  const rows = to[0] - from[0];
  const columns = to[1] - from[1];
  if (rows <= 0 || columns <= 0) return [];
  const alike = (i: number, j: number) => likeness(old[from[0] + i], next[from[1] + j]);
  if (rows * columns > MOST_COMPARED) {
    const inOrder = Array.from(
      { length: Math.min(rows, columns) },
      (_, i): Pair => [from[0] + i, from[1] + i],
    );
    return inOrder.filter(([i, j]) => likeness(old[i], next[j]) > 0);
  }
  // best[i][j]: the most that the old ones from i on and the new ones from j on have in common when paired in order.
  const best = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0));
  const at = (i: number, j: number) => best[i]?.[j] ?? 0;
  const likenesses = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => alike(i, j)),
  );
  const paired = (i: number, j: number) => {
    const like = likenesses[i]?.[j] ?? 0;
    return like > 0 ? like + at(i + 1, j + 1) : 0;
  };
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--) {
      const row = best[i];
      if (row) row[j] = Math.max(at(i + 1, j), at(i, j + 1), paired(i, j));
    }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (at(i, j) > 0 && at(i, j) === paired(i, j)) pairs.push([from[0] + i++, from[1] + j++]);
    else if (at(i, j) === at(i + 1, j)) i++;
    else j++;
  }
  return pairs;
}

/** How much two nodes have in common; 0 for what cannot become the other. */
function likeness(old: Node | undefined, next: Node | undefined): number {
  if (!old || !next || old.type !== next.type) return 0;
  if (foreignOf(old) || foreignOf(next)) return foreignOf(old)?.ref === foreignOf(next)?.ref ? 1 : 0;
  if (old.content === next.content) return 2 + next.content.size;
  return 1 + (old.inlineContent ? commonText(old.textContent, next.textContent) : commonChildren(old, next));
}

function commonText(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let left = 0;
  while (left < most && a[left] === b[left]) left++;
  let right = 0;
  while (right < most - left && a[a.length - 1 - right] === b[b.length - 1 - right]) right++;
  return left + right;
}

function commonChildren(old: Node, next: Node): number {
  const there = new Set(old.children);
  return next.children.reduce((sum, child) => (there.has(child) ? sum + child.nodeSize : sum), 0);
}

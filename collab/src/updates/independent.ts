import * as Y from "yjs";

/** Clocks `[from, to)`. */
type Range = readonly [from: number, to: number];

/**
 * Whether changes that were made on two nodes at once stay what they are beside each other: no clientID wrote in both (its editor
 * moved from one node to the other, and says again what it had said), and both delete nothing in common.
 */
export function independent(ours: readonly Uint8Array[], theirs: readonly Uint8Array[]): boolean {
  if (ours.length === 0 || theirs.length === 0) return true;
  const [a, b] = [contentsOf(ours), contentsOf(theirs)];
  for (const client of a.writers) if (b.writers.has(client)) return false;
  for (const [client, ranges] of a.deletions)
    if (overlap(ranges, b.deletions.get(client) ?? [])) return false;
  return true;
}

function contentsOf(updates: readonly Uint8Array[]) {
  const writers = new Set<number>();
  const deletions = new Map<number, Range[]>();
  for (const { structs, ds } of updates.map((update) => Y.decodeUpdate(update))) {
    for (const { id } of structs) writers.add(id.client);
    for (const [client, items] of ds.clients) {
      const ranges = deletions.get(client) ?? [];
      deletions.set(client, ranges);
      for (const { clock, len } of items) ranges.push([clock, clock + len]);
    }
  }
  return { writers, deletions };
}

/** Sorted first: a change may delete a hundred thousand ranges. */
function overlap(ours: readonly Range[], theirs: readonly Range[]): boolean {
  const a = ours.toSorted(([x], [y]) => x - y);
  const b = theirs.toSorted(([x], [y]) => x - y);
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [from, to] = a[i]!;
    const [otherFrom, otherTo] = b[j]!;
    if (from < otherTo && otherFrom < to) return true;
    if (to < otherTo) i++;
    else j++;
  }
  return false;
}

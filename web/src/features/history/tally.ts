import { runsOf, type Stamp, type TreeNode } from "./tree.js";

/** How many characters of one origin stand in a text, or came and went. */
export interface Tally {
  readonly by: number;
  readonly standing: number;
  readonly inserted: number;
  readonly deleted: number;
}

/** Counts the characters of each origin, the busiest first. Characters as people count them, not code units. */
export function tallyOf(node: TreeNode): Tally[] {
  const counts = new Map<number, { standing: number; inserted: number; deleted: number }>();
  const count = (
    stamp: Stamp | null | undefined,
    what: "standing" | "inserted" | "deleted",
    text: string,
  ) => {
    if (!stamp) return;
    const of = counts.get(stamp.by) ?? { standing: 0, inserted: 0, deleted: 0 };
    of[what] += [...text].length;
    counts.set(stamp.by, of);
  };
  for (const { change, text, inserted, deleted } of runsOf(node)) {
    if (change === "deleted") count(deleted, "deleted", text);
    else count(inserted, "standing", text);
    if (change === "inserted") count(inserted, "inserted", text);
  }
  return [...counts]
    .map(([by, of]) => ({ by, ...of }))
    .sort((a, b) => b.inserted + b.deleted - a.inserted - a.deleted || b.standing - a.standing);
}

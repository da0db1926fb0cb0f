import { expect, test } from "vitest";
import { tallyOf } from "./tally.js";
import type { Piece, TreeNode } from "./tree.js";

const stamp = (by: number) => ({ by, versions: [1, 1] as const, at: ["", ""] as const });
const run = (text: string, change: Piece["change"], inserted: number, deleted?: number): Piece => ({
  change,
  text,
  inserted: stamp(inserted),
  ...(deleted === undefined ? {} : { deleted: stamp(deleted) }),
});
const node = (...children: Piece[]): TreeNode => ({ type: "text", entries: [], children });

test("counts what stands, came and went for each origin, also in nested types, the busiest first", () => {
  const inner: Piece = { change: "same", inserted: stamp(2), node: node(run("文件😀", "same", 2)) };
  expect(tallyOf(node(run("abc", "inserted", 0), run("de", "deleted", 0, 1), inner))).toEqual([
    { by: 0, standing: 3, inserted: 3, deleted: 0 },
    { by: 1, standing: 0, inserted: 0, deleted: 2 },
    { by: 2, standing: 3, inserted: 0, deleted: 0 },
  ]);
});

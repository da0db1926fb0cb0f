import { expect, it } from "vitest";
import { treeOf } from "./department-tree.js";

const row = (id: string, parent: string | null = null) => ({
  id,
  name: id.toUpperCase(),
  parent: parent === null ? null : { id: parent },
});

it("lays departments out, each before those below it, in the order given beside each other", () => {
  const rows = [row("c", "b"), row("a"), row("d", "a"), row("b", "a"), row("e")];
  expect(treeOf(rows).map(({ path, depth }) => [path, depth])).toEqual([
    ["A", 0],
    ["A / D", 1],
    ["A / B", 1],
    ["A / B / C", 2],
    ["E", 0],
  ]);
});

it("shows one whose parent is not there at the top, and loses none", () => {
  expect(treeOf([row("b", "gone"), row("a")]).map(({ path }) => path)).toEqual(["B", "A"]);
});

import { anyContent, textContent, typeContent } from "./contents.js";
import type { Target } from "./target.js";
import {
  circle,
  deleteEverything,
  deletions,
  edgeClient,
  farId,
  foreign,
  future,
  insertAndDelete,
  item,
  itself,
  manyDeletions,
  mine,
  overlapping,
  overstated,
  run,
  skipping,
  someClock,
} from "./update-makers.js";
import { writeUpdate } from "./update-writer.js";

/** A way to make an update. */
export interface UpdateRecipe {
  readonly name: string;
  readonly weight: number;
  /**
   * It says things of its neighbours that contradict what its client has shown to know. Yjs's order is not defined for that: the same
   * changes may end in another order where they are taken another way.
   */
  readonly lies?: true;
  make(target: Target): Uint8Array;
}

/** Names that JavaScript gives a meaning. */
const KEYS = ["a", "b", "", "__proto__", "constructor", "\u0000"];
/** The grammar of hostile updates. What ends a connection is rare, or connections would not live long enough to say much. */
export const updateRecipes: readonly UpdateRecipe[] = [
  {
    name: "text where it belongs",
    weight: 10,
    make: (t) => mine(t, { ...item(t), content: textContent(t.random.word()) }),
  },
  {
    name: "any content where it belongs",
    weight: 14,
    make: (t) => mine(t, { ...item(t), content: anyContent(t.random) }),
  },
  {
    name: "any content as a map's value",
    weight: 5,
    make: (t) =>
      mine(t, { kind: "item", ...t.someEntry(t.random.pick(KEYS)), content: anyContent(t.random) }),
  },
  {
    name: "a type to write into",
    weight: 4,
    make: (t) => mine(t, { ...item(t), content: typeContent(t.random) }),
  },
  {
    name: "an item whose parent is no type",
    weight: 3,
    make: (t) => mine(t, { kind: "item", parent: t.someNonType(), content: anyContent(t.random) }),
  },
  {
    name: "origins out of range",
    weight: 3,
    make: (t) => mine(t, { kind: "item", origin: farId(t), parent: "content", content: textContent("x") }),
  },
  { name: "origins in a circle", weight: 2, make: circle },
  { name: "a run of structs", weight: 8, make: run },
  {
    name: "a collected range",
    weight: 2,
    make: (t) =>
      mine(t, { kind: "gc", length: t.random.chance(0.02) ? someClock(t.random) : t.random.int(1, 4) }),
  },
  { name: "a skipped range", weight: 2, make: skipping },
  { name: "structs of the future", weight: 3, make: future },
  { name: "clientIDs at the edges", weight: 0.1, make: edgeClient },
  {
    name: "deletions of what is there",
    weight: 6,
    make: (t) =>
      writeUpdate(
        [],
        deletions(t, () => t.someId()),
      ),
  },
  {
    name: "deletions of what is not there",
    weight: 4,
    make: (t) =>
      writeUpdate(
        [],
        deletions(t, () => farId(t)),
      ),
  },
  { name: "deletions of everything", weight: 0.05, make: deleteEverything },
  { name: "thousands of deletions", weight: 0.1, make: manyDeletions },
  { name: "text and the deletion of it", weight: 3, make: insertAndDelete },
  { name: "nothing", weight: 1, make: () => writeUpdate([]) },
  { name: "counts that are not there", weight: 0.1, make: overstated },
  { name: "structs of someone else", weight: 0.1, make: foreign },
  {
    name: "an item that is its own parent",
    weight: 0.05,
    make: (t) => itself(t, (id) => ({ kind: "item", parent: id, content: typeContent(t.random) })),
  },
  {
    name: "its own origin",
    weight: 0.05,
    make: (t) =>
      itself(t, (id) => ({
        kind: "item",
        ...t.random.pick([{ origin: id }, { rightOrigin: id }]),
        parent: "content",
        content: anyContent(t.random),
      })),
  },
  { name: "structs known in part", weight: 3, lies: true, make: overlapping },
  {
    name: "an item beside nothing, in any parent",
    weight: 5,
    lies: true,
    make: (t) => mine(t, { kind: "item", parent: t.someType() ?? "content", content: anyContent(t.random) }),
  },
  {
    name: "any two neighbours",
    weight: 3,
    lies: true,
    make: (t) =>
      mine(t, {
        kind: "item",
        origin: t.someId(),
        rightOrigin: t.someId(),
        parent: "content",
        content: anyContent(t.random),
      }),
  },
  {
    name: "only a right neighbour",
    weight: 4,
    lies: true,
    make: (t) =>
      mine(t, { kind: "item", rightOrigin: t.someId(), parent: "content", content: anyContent(t.random) }),
  },
];

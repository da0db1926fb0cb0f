import type { Random } from "../random.js";
import { anyContent, textContent, typeContent } from "./contents.js";
import type { Target } from "./target.js";
import {
  type Deletion,
  type Id,
  type ItemSpec,
  lengthOf,
  type Section,
  type StructSpec,
  writeUpdate,
} from "./update-writer.js";

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
/** Clocks and lengths at the edges of what numbers, and the server, bear. */
const EDGES = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 - 1, 2 ** 40, 2 ** 40 + 1, 2 ** 53 - 1];

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

/** Structs of an own clientID at the clock that the server expects. */
function mine(target: Target, ...structs: readonly StructSpec[]): Uint8Array {
  return writeUpdate([own(target, structs)]);
}

function own(target: Target, structs: readonly StructSpec[]): Section {
  const client = target.me();
  const clock = target.next(client);
  target.take(
    client,
    structs.reduce((sum, struct) => sum + lengthOf(struct), 0),
  );
  return { client, clock, structs };
}

function itself(target: Target, make: (id: Id) => ItemSpec): Uint8Array {
  const client = target.me();
  const clock = target.next(client);
  return writeUpdate([{ client, clock, structs: [make({ client, clock })] }]);
}

function item(target: Target): Omit<ItemSpec, "content"> {
  return { kind: "item", ...target.somePlace() };
}

function farId(target: Target): Id {
  const { random } = target;
  const client = random.pick([target.someId().client, random.int(0, 2 ** 53 - 1)]);
  return { client, clock: target.next(client) + (someClock(random) % 2 ** 39) };
}

/** Mostly what a document may reach, rarely an edge. */
function someClock(random: Random): number {
  return random.chance(0.003) ? random.pick(EDGES) : random.pick([1, 2, 10, 1000, 2 ** 31, 2 ** 32]);
}

/** Two items of two clients that each stand right of the other. */
function circle(target: Target): Uint8Array {
  const [a, b] = [target.own[0]!, target.own[1]!];
  const ids = [
    { client: a, clock: target.next(a) },
    { client: b, clock: target.next(b) },
  ] as const;
  const right = (origin: Id): ItemSpec => ({
    kind: "item",
    origin,
    parent: "content",
    content: textContent("o"),
  });
  return writeUpdate([
    { ...ids[0], structs: [right(ids[1])] },
    { ...ids[1], structs: [right(ids[0])] },
  ]);
}

function run(target: Target): Uint8Array {
  const { random } = target;
  const structs = Array.from({ length: random.int(2, 12) }, (): StructSpec => {
    if (random.chance(0.05)) return { kind: random.pick(["gc", "skip"]), length: random.int(1, 5) };
    return { ...item(target), content: anyContent(random) };
  });
  const deleted = random.chance(0.5) ? deletions(target, () => target.someId()) : [];
  return writeUpdate([own(target, structs)], deleted);
}

/** Begins before the clock that the server has: what is known is cut off, perhaps in the middle of a character. */
function overlapping(target: Target): Uint8Array {
  const client = target.me();
  const clock = Math.max(0, target.next(client) - target.random.int(1, 6));
  const structs: StructSpec[] = [
    { ...item(target), content: textContent("😀😀a😀😀") },
    { ...item(target), content: anyContent(target.random) },
  ];
  return writeUpdate([{ client, clock, structs }]);
}

function skipping(target: Target): Uint8Array {
  const { random } = target;
  const text: StructSpec = { ...item(target), content: textContent(random.word()) };
  const skip: StructSpec = { kind: "skip", length: someClock(random) };
  const client = target.me();
  const structs = random.pick([[skip], [skip, text], [text, skip], [text, skip, text]]);
  return writeUpdate([{ client, clock: target.next(client), structs }]);
}

function future(target: Target): Uint8Array {
  const client = target.me();
  const clock = target.next(client) + (someClock(target.random) % 2 ** 39);
  return writeUpdate([{ client, clock, structs: [{ ...item(target), content: anyContent(target.random) }] }]);
}

function foreign(target: Target): Uint8Array {
  const client = target.victims.length > 0 ? target.random.pick(target.victims) : target.me();
  const clock = Math.max(0, target.next(client) + target.random.int(-2, 2));
  const structs: StructSpec[] = target.random.chance(0.5)
    ? [{ kind: "gc", length: 1000 }]
    : [{ ...item(target), content: textContent("forged") }];
  return writeUpdate([{ client, clock, structs }]);
}

function edgeClient(target: Target): Uint8Array {
  const client = target.random.pick([0, 2 ** 32 - 1, 2 ** 32, 2 ** 48, 2 ** 53 - 1]);
  const structs: StructSpec[] = [{ kind: "item", ...target.newRoot(), content: textContent("edge") }];
  return writeUpdate([{ client, clock: target.next(client), structs }]);
}

function deletions({ random }: Target, id: () => Id): Deletion[] {
  return Array.from({ length: random.int(1, 6) }, () => ({
    ...id(),
    length: random.weighted(lengths).value,
  }));
}
const lengths = [
  ...[1, 1, 2, 5, 10, 1000, 2 ** 31].map((value) => ({ value, weight: 10 })),
  ...[0, 2 ** 40, 2 ** 52].map((value) => ({ value, weight: 0.02 })),
];

function manyDeletions(target: Target): Uint8Array {
  const ranges = Array.from({ length: 3000 }, (_, n) => ({ client: target.me(), clock: 2 * n, length: 1 }));
  return writeUpdate([], ranges);
}

function deleteEverything(target: Target): Uint8Array {
  const clients = [...target.doc.store.clients.keys()];
  return writeUpdate(
    [],
    clients.map((client) => ({ client, clock: 0, length: 2 ** 31 })),
  );
}

function insertAndDelete(target: Target): Uint8Array {
  const section = own(target, [{ ...item(target), content: textContent("gone at once") }]);
  return writeUpdate([section], [{ client: section.client, clock: section.clock, length: 12 }]);
}

function overstated(target: Target): Uint8Array {
  const section = own(target, [{ ...item(target), content: textContent("x") }]);
  return writeUpdate([{ ...section, claimed: target.random.pick([2, 1000, ...EDGES.slice(4)]) }]);
}

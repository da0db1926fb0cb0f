import type { Random } from "@onrecord/core/testing/random";
import { anyContent, textContent } from "./contents.js";
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

/** Clocks and lengths at the edges of what numbers, and the server, bear. */
const EDGES = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 - 1, 2 ** 40, 2 ** 40 + 1, 2 ** 53 - 1];

/** Structs of an own clientID at the clock that the server expects. */
export function mine(target: Target, ...structs: readonly StructSpec[]): Uint8Array {
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

/** Structs that may name themselves. */
export function itself(target: Target, make: (id: Id) => ItemSpec): Uint8Array {
  const client = target.me();
  const clock = target.next(client);
  return writeUpdate([{ client, clock, structs: [make({ client, clock })] }]);
}

/** An item where an honest client could put it; its content is still to come. */
export function item(target: Target): Omit<ItemSpec, "content"> {
  return { kind: "item", ...target.somePlace() };
}

/** The name of something that is not there, or not yet. */
export function farId(target: Target): Id {
  const { random } = target;
  const client = random.pick([target.someId().client, random.int(0, 2 ** 53 - 1)]);
  return { client, clock: target.next(client) + (someClock(random) % 2 ** 39) };
}

/** Mostly what a document may reach, rarely an edge. */
export function someClock(random: Random): number {
  return random.chance(0.003) ? random.pick(EDGES) : random.pick([1, 2, 10, 1000, 2 ** 31, 2 ** 32]);
}

/** Two items of two clients that each stand right of the other. */
export function circle(target: Target): Uint8Array {
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

/** Several structs of one client, perhaps with deletions beside them. */
export function run(target: Target): Uint8Array {
  const { random } = target;
  const structs = Array.from({ length: random.int(2, 12) }, (): StructSpec => {
    if (random.chance(0.05)) return { kind: random.pick(["gc", "skip"]), length: random.int(1, 5) };
    return { ...item(target), content: anyContent(random) };
  });
  const deleted = random.chance(0.5) ? deletions(target, () => target.someId()) : [];
  return writeUpdate([own(target, structs)], deleted);
}

/** Begins before the clock that the server has: what is known is cut off, perhaps in the middle of a character. */
export function overlapping(target: Target): Uint8Array {
  const client = target.me();
  const clock = Math.max(0, target.next(client) - target.random.int(1, 6));
  const structs: StructSpec[] = [
    { ...item(target), content: textContent("😀😀a😀😀") },
    { ...item(target), content: anyContent(target.random) },
  ];
  return writeUpdate([{ client, clock, structs }]);
}

/** Structs with a range left out before or behind them. */
export function skipping(target: Target): Uint8Array {
  const { random } = target;
  const text: StructSpec = { ...item(target), content: textContent(random.word()) };
  const skip: StructSpec = { kind: "skip", length: someClock(random) };
  const client = target.me();
  const structs = random.pick([[skip], [skip, text], [text, skip], [text, skip, text]]);
  return writeUpdate([{ client, clock: target.next(client), structs }]);
}

/** Structs beyond the clock that the server expects. */
export function future(target: Target): Uint8Array {
  const client = target.me();
  const clock = target.next(client) + (someClock(target.random) % 2 ** 39);
  return writeUpdate([{ client, clock, structs: [{ ...item(target), content: anyContent(target.random) }] }]);
}

/** Structs under the clientID of somebody else. */
export function foreign(target: Target): Uint8Array {
  const client = target.victims.length > 0 ? target.random.pick(target.victims) : target.me();
  const clock = Math.max(0, target.next(client) + target.random.int(-2, 2));
  const structs: StructSpec[] = target.random.chance(0.5)
    ? [{ kind: "gc", length: 1000 }]
    : [{ ...item(target), content: textContent("forged") }];
  return writeUpdate([{ client, clock, structs }]);
}

/** Text of a clientID at the edges of what numbers bear. */
export function edgeClient(target: Target): Uint8Array {
  const client = target.random.pick([0, 2 ** 32 - 1, 2 ** 32, 2 ** 48, 2 ** 53 - 1]);
  const structs: StructSpec[] = [{ kind: "item", ...target.newRoot(), content: textContent("edge") }];
  return writeUpdate([{ client, clock: target.next(client), structs }]);
}

/** A few deletions, mostly of a length that a document may have. */
export function deletions({ random }: Target, id: () => Id): Deletion[] {
  return Array.from({ length: random.int(1, 6) }, () => ({
    ...id(),
    length: random.weighted(lengths).value,
  }));
}
const lengths = [
  ...[1, 1, 2, 5, 10, 1000, 2 ** 31].map((value) => ({ value, weight: 10 })),
  ...[0, 2 ** 40, 2 ** 52].map((value) => ({ value, weight: 0.02 })),
];

/** Thousands of ranges, most of them of nothing. */
export function manyDeletions(target: Target): Uint8Array {
  const ranges = Array.from({ length: 3000 }, (_, n) => ({ client: target.me(), clock: 2 * n, length: 1 }));
  return writeUpdate([], ranges);
}

/** Deletes all that is and will be. */
export function deleteEverything(target: Target): Uint8Array {
  const clients = [...target.doc.store.clients.keys()];
  return writeUpdate(
    [],
    clients.map((client) => ({ client, clock: 0, length: 2 ** 31 })),
  );
}

/** Text that is deleted by the update that brings it. */
export function insertAndDelete(target: Target): Uint8Array {
  const section = own(target, [{ ...item(target), content: textContent("gone at once") }]);
  return writeUpdate([section], [{ client: section.client, clock: section.clock, length: 12 }]);
}

/** Says that there are more structs than there are. */
export function overstated(target: Target): Uint8Array {
  const section = own(target, [{ ...item(target), content: textContent("x") }]);
  return writeUpdate([{ ...section, claimed: target.random.pick([2, 1000, ...EDGES.slice(4)]) }]);
}

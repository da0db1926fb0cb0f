import type { Random } from "@onrecord/core/testing/random";

/** Changes bytes the way that broken or hostile programs do; `other` is what may be spliced in. */
export function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let times = random.int(1, 3); times > 0; times--) mutated = random.pick(ways)(random, mutated, other);
  return mutated;
}

type Way = (random: Random, bytes: Uint8Array, other: Uint8Array) => Uint8Array;

const ways: readonly Way[] = [
  (random, bytes) => replace(bytes, random.int(0, bytes.length), 1, [random.int(0, 255)]),
  (random, bytes) => flip(bytes, random.int(0, Math.max(0, bytes.length - 1)), random.int(0, 7)),
  (random, bytes) => bytes.subarray(0, random.int(0, bytes.length)),
  (random, bytes) => replace(bytes, random.int(0, bytes.length), random.int(1, 4), []),
  (random, bytes) => replace(bytes, random.int(0, bytes.length), 0, random.bytes(random.int(1, 8))),
  // A number that needs 64 bits and more.
  (random, bytes) =>
    replace(bytes, random.int(0, bytes.length), 1, new Uint8Array(random.int(5, 11)).fill(0xff)),
  (random, bytes, other) =>
    replace(
      bytes,
      random.int(0, bytes.length),
      random.int(0, 8),
      other.subarray(random.int(0, other.length)),
    ),
  (random, bytes) => {
    const at = random.int(0, bytes.length);
    return replace(bytes, at, 0, bytes.subarray(at, at + random.int(1, 16)));
  },
];

function flip(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  return replace(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << bit)]);
}

function replace(bytes: Uint8Array, at: number, removed: number, added: ArrayLike<number>): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + added.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(added, at);
  result.set(rest, at + added.length);
  return result;
}

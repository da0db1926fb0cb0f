import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import {
  findInSteps,
  hasOrigin,
  hasRightOrigin,
  type Id,
  isDivisible,
  kind,
  kindOf,
  partsOf,
  type RawStruct,
  readStructs,
} from "./update-structs.js";

/**
 * Divides a Yjs v1 update into updates of at most so many bytes and structs (and ranges of deletes), to be applied one after the other:
 * each builds only on what the document has or an earlier one brings, as far as the update itself does. Texts and lists are cut where
 * that is needed, never within a character. Only a struct that cannot be cut makes a larger one. Together they are the update. Throws
 * a RangeError when it is malformed, perhaps after the first.
 */
export function* sliceUpdate(
  update: Uint8Array,
  maxBytes: number,
  maxStructs: number,
): Generator<Uint8Array, undefined> {
  for (const slice of sliceInSteps(update, maxBytes, maxStructs)) if (slice !== undefined) yield slice;
}

/**
 * The same, with an undefined here and there before the first, so that whoever has to wait for it can do something else in between. With
 * `keepsOrder`, a document takes the structs from the slices in the very order in which it would take them from the update: it begins with the
 * client of the highest number, so a slice ends before a higher one comes.
 */
export function* sliceInSteps(
  update: Uint8Array,
  maxBytes: number,
  maxStructs: number,
  { keepsOrder = false } = {},
): Generator<Uint8Array | undefined, undefined> {
  const { sections, deletes } = yield* findInSteps(update);
  const slice = new Slice(maxBytes, maxStructs);
  let last = Number.POSITIVE_INFINITY;
  let count = 0;
  const full = function* () {
    if (slice.isEmpty) return;
    count++;
    yield slice.take();
  };
  for (const struct of inOrder(
    sections.map((section) => new Reader(section.client, readStructs(update, section))),
  )) {
    // What a sender does not have either.
    if (kindOf(struct.info) === kind.skip) continue;
    for (const piece of piecesOf(update, struct, maxBytes - OVERHEAD)) {
      if (!slice.fits(struct.client, piece.length) || (keepsOrder && struct.client > last)) yield* full();
      last = struct.client;
      slice.addStruct(struct.client, struct.clock + piece.from, piece.to - piece.from, piece.bytes);
    }
  }
  for (const { client, clock, length } of readDeletes(update, deletes)) {
    if (!slice.fits(client, DELETE_BYTES)) yield* full();
    slice.addDelete(client, clock, length);
  }
  yield* full();
  if (count === 0) yield slice.take();
}

/** At most: what a slice has beside its structs, for one client; and for each that it has more. */
const OVERHEAD = 64;
const SECTION_BYTES = 32;
/** At most: a range of deletes. */
const DELETE_BYTES = 16;

/** The structs of one client that have not been told yet. */
class Reader {
  current: RawStruct | undefined;

  constructor(
    readonly client: number,
    private readonly structs: Generator<RawStruct, undefined>,
  ) {
    this.advance();
  }

  advance(): void {
    this.current = this.structs.next().value;
  }
}

/** All structs, each behind those that it names, as far as these are there. */
function* inOrder(readers: readonly Reader[]): Generator<RawStruct, undefined> {
  const byClient = new Map(readers.map((reader) => [reader.client, reader]));
  for (const first of byClient.values()) {
    // Who waits for whom. Nobody who waits is waited for: an update that says so names what nobody could have seen.
    const waiting = new Set([first]);
    const stack = [first];
    for (let reader = stack.at(-1); reader; reader = stack.at(-1)) {
      const { current } = reader;
      const before = current && namedBy(current, byClient, waiting);
      if (before) {
        stack.push(before);
        waiting.add(before);
        continue;
      }
      if (current) {
        yield current;
        reader.advance();
      }
      // Whoever waited looks again.
      if (stack.length > 1 || !current) waiting.delete(stack.pop()!);
    }
  }
}

/** Whose next struct must come before this one. */
function namedBy(
  { client, origin, rightOrigin, parent }: RawStruct,
  readers: ReadonlyMap<number, Reader>,
  waiting: ReadonlySet<Reader>,
): Reader | undefined {
  for (const id of [origin, rightOrigin, parent]) {
    if (id === null || id.client === client) continue;
    const reader = readers.get(id.client);
    if (reader?.current && id.clock >= reader.current.clock && !waiting.has(reader)) return reader;
  }
  return undefined;
}

/** A struct or a part of one as an update has it, with the clocks of the struct that it covers. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly bytes: readonly Uint8Array[];
}

function* piecesOf(update: Uint8Array, struct: RawStruct, maxBytes: number): Generator<Piece, undefined> {
  const { start, end, content } = struct;
  if (end - start <= maxBytes || !isDivisible(struct))
    return yield { from: 0, to: struct.length, length: end - start, bytes: [update.subarray(start, end)] };
  const head = content - start + NUMBER_BYTES;
  for (const part of partsOf(update, struct, Math.max(1, maxBytes - Math.max(head, PART_HEAD_BYTES)))) {
    const bytes = [
      part.from === 0 ? update.subarray(start, content) : headOf(struct, part.from),
      encodeNumber(kindOf(struct.info) === kind.text ? part.end - part.start : part.to - part.from),
      update.subarray(part.start, part.end),
    ];
    yield { from: part.from, to: part.to, length: sum(bytes), bytes };
  }
}

/** At most: a number of clocks or bytes; and what stands before the content of a part. */
const NUMBER_BYTES = 8;
const PART_HEAD_BYTES = 1 + 5 * NUMBER_BYTES;

/** What stands before the content of a later part: it comes behind the part before it, as Yjs says when it splits an item. */
function headOf({ client, clock, info, rightOrigin }: RawStruct, from: number): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeUint8(encoder, info | hasOrigin);
    writeId(encoder, { client, clock: clock + from - 1 });
    if (info & hasRightOrigin && rightOrigin) writeId(encoder, rightOrigin);
  });
}

/** What is gathered for one update. */
class Slice {
  #structs = new Map<number, { readonly from: number; next: number; count: number; bytes: Uint8Array[] }>();
  #deletes = new Map<number, (readonly [clock: number, length: number])[]>();
  #bytes = 0;
  #count = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly maxStructs: number,
  ) {}

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Whether there is room for so many bytes more of a client; in an empty one there always is. */
  fits(client: number, bytes: number): boolean {
    if (this.isEmpty) return true;
    const isNew = !this.#structs.has(client) || !this.#deletes.has(client);
    const more = bytes + (isNew ? SECTION_BYTES : 0) + NUMBER_BYTES;
    return this.#count < this.maxStructs && this.#bytes + more <= this.maxBytes;
  }

  addStruct(client: number, clock: number, length: number, bytes: readonly Uint8Array[]): void {
    let section = this.#structs.get(client);
    if (!section) {
      section = { from: clock, next: clock, count: 0, bytes: [] };
      this.#structs.set(client, section);
      this.#bytes += SECTION_BYTES;
    }
    if (section.next < clock) {
      // Something is lacking here, and the update says so.
      const skip = encoding.encode((encoder) => {
        encoding.writeUint8(encoder, kind.skip);
        encoding.writeVarUint(encoder, clock - section.next);
      });
      section.bytes.push(skip);
      section.count++;
      this.#bytes += skip.length;
    }
    section.bytes.push(...bytes);
    section.count++;
    section.next = clock + length;
    this.#count++;
    this.#bytes += sum(bytes);
  }

  addDelete(client: number, clock: number, length: number): void {
    const ranges = this.#deletes.get(client);
    if (ranges) ranges.push([clock, length]);
    else {
      this.#deletes.set(client, [[clock, length]]);
      this.#bytes += SECTION_BYTES;
    }
    this.#count++;
    this.#bytes += DELETE_BYTES;
  }

  /** What was gathered, as an update; a new one begins. */
  take(): Uint8Array {
    const structs = [...this.#structs].sort(([a], [b]) => b - a);
    const deletes = [...this.#deletes].sort(([a], [b]) => b - a);
    this.#structs = new Map();
    this.#deletes = new Map();
    this.#bytes = this.#count = 0;
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, structs.length);
      for (const [client, { from, count, bytes }] of structs) {
        for (const number of [count, client, from]) encoding.writeVarUint(encoder, number);
        for (const part of bytes) encoding.writeUint8Array(encoder, part);
      }
      encoding.writeVarUint(encoder, deletes.length);
      for (const [client, ranges] of deletes)
        for (const number of [client, ranges.length, ...ranges.flat()])
          encoding.writeVarUint(encoder, number);
    });
  }
}

/** Reads the deletes of an update, which begin at `start`: see `findSections`. */
export function* readDeletes(
  update: Uint8Array,
  start: number,
): Generator<Id & { readonly length: number }, undefined> {
  const decoder = decoding.createDecoder(update);
  decoder.pos = start;
  for (let clients = decoding.readVarUint(decoder); clients > 0; clients--) {
    const client = decoding.readVarUint(decoder);
    for (let ranges = decoding.readVarUint(decoder); ranges > 0; ranges--)
      yield { client, clock: decoding.readVarUint(decoder), length: decoding.readVarUint(decoder) };
  }
}

function writeId(encoder: encoding.Encoder, { client, clock }: Id): void {
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock);
}

function encodeNumber(n: number): Uint8Array {
  return encoding.encode((encoder) => encoding.writeVarUint(encoder, n));
}

function sum(bytes: readonly Uint8Array[]): number {
  return bytes.reduce((all, { length }) => all + length, 0);
}

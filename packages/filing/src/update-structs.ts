import * as decoding from "lib0/decoding";

/** The name of a clock of a client. */
export interface Id {
  readonly client: number;
  readonly clock: number;
}

/** A struct of a Yjs v1 update, as bytes from `start` to `end`; nothing is made of it. */
export interface RawStruct {
  readonly client: number;
  readonly clock: number;
  /** In clocks; of a text, UTF-16 units. */
  readonly length: number;
  /** Its first byte: what stands behind it. The low five bits say which content. */
  readonly info: number;
  readonly start: number;
  /** Where its content begins. */
  readonly content: number;
  readonly end: number;
  readonly origin: Id | null;
  readonly rightOrigin: Id | null;
  /** Its parent, where an item is that and is named. */
  readonly parent: Id | null;
}

/** What a client wrote: `count` structs from a clock on, from a byte on. */
export interface Section {
  readonly client: number;
  readonly clock: number;
  readonly count: number;
  readonly start: number;
}

// The layout is that of Yjs's `Item.write` and the `write` of each content.
export const hasOrigin = 0x80;
export const hasRightOrigin = 0x40;
export const hasParentKey = 0x20;
export const kind = { gc: 0, deleted: 1, json: 2, text: 4, any: 8, skip: 10 } as const;

/** The low five bits of a struct's first byte. */
export function kindOf(info: number): number {
  return info & 0x1f;
}

/** Where each client's structs begin, and where the deletes do. */
export interface Layout {
  readonly sections: readonly Section[];
  readonly deletes: number;
}

/** Finds the layout of an update. Throws when it is malformed. */
export function findSections(update: Uint8Array): Layout {
  const steps = findInSteps(update);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** The same, in steps of so many structs: reading over an update of megabytes takes a while. */
export function* findInSteps(update: Uint8Array): Generator<undefined, Layout> {
  const decoder = decoding.createDecoder(update);
  const sections: Section[] = [];
  let step = 0;
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const count = decoding.readVarUint(decoder);
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    sections.push({ client, clock, count, start: decoder.pos });
    for (let i = 0; i < count; i++) {
      skipStruct(decoder);
      if (++step % STEP === 0) yield;
    }
  }
  return { sections, deletes: decoder.pos };
}

const STEP = 1000;

/** Reads the structs of a section, one after the other. */
export function* readStructs(update: Uint8Array, section: Section): Generator<RawStruct, undefined> {
  const decoder = decoding.createDecoder(update);
  decoder.pos = section.start;
  let { clock } = section;
  for (let i = 0; i < section.count; i++) {
    const struct = readStruct(decoder, section.client, clock);
    yield struct;
    clock += struct.length;
  }
}

function readStruct(decoder: decoding.Decoder, client: number, clock: number): RawStruct {
  const start = decoder.pos;
  const info = decoding.readUint8(decoder);
  const which = kindOf(info);
  if (which === kind.gc || which === kind.skip) {
    const content = decoder.pos;
    const length = decoding.readVarUint(decoder);
    const none = { origin: null, rightOrigin: null, parent: null };
    return { client, clock, length, info, start, content, end: decoder.pos, ...none };
  }
  const origin = info & hasOrigin ? readId(decoder) : null;
  const rightOrigin = info & hasRightOrigin ? readId(decoder) : null;
  const parent = readParent(decoder, info);
  const content = decoder.pos;
  const length = lengthOf(decoder, which);
  return { client, clock, length, info, start, content, end: decoder.pos, origin, rightOrigin, parent };
}

function skipStruct(decoder: decoding.Decoder): void {
  const info = decoding.readUint8(decoder);
  const which = kindOf(info);
  if (which === kind.gc || which === kind.skip) return void decoding.readVarUint(decoder);
  if (info & hasOrigin) readId(decoder);
  if (info & hasRightOrigin) readId(decoder);
  readParent(decoder, info);
  if (which === kind.text) skipBytes(decoder);
  else lengthOf(decoder, which);
}

/** An item names its parent only where no neighbour tells it. */
function readParent(decoder: decoding.Decoder, info: number): Id | null {
  if (info & (hasOrigin | hasRightOrigin)) return null;
  const isRoot = decoding.readVarUint(decoder) === 1;
  if (isRoot) skipBytes(decoder);
  const parent = isRoot ? null : readId(decoder);
  if (info & hasParentKey) skipBytes(decoder);
  return parent;
}

/** Reads over a content; how many clocks it has. */
function lengthOf(decoder: decoding.Decoder, which: number): number {
  switch (which) {
    case kind.deleted:
      return decoding.readVarUint(decoder);
    case kind.json:
      return times(decoding.readVarUint(decoder), () => skipBytes(decoder));
    case kind.any:
      return times(decoding.readVarUint(decoder), () => void decoding.readAny(decoder));
    case kind.text: {
      const end = endOfBytes(decoder);
      const length = unitsOf(decoder.arr, decoder.pos, end);
      decoder.pos = end;
      return length;
    }
    case 3: // binary
    case 5: // embed
      skipBytes(decoder);
      return 1;
    case 6: // format: key and value
      skipBytes(decoder);
      skipBytes(decoder);
      return 1;
    case 7: {
      // type: elements and hooks have a name
      const type = decoding.readVarUint(decoder);
      if (type === 3 || type === 5) skipBytes(decoder);
      return 1;
    }
    case 9: // subdocument: its id and options
      skipBytes(decoder);
      decoding.readAny(decoder);
      return 1;
    default:
      throw new RangeError("there is no such content");
  }
}

/** UTF-16 units of UTF-8: one for each character, two for one of four bytes. */
function unitsOf(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2;
  }
  return units;
}

function readId(decoder: decoding.Decoder): Id {
  return { client: decoding.readVarUint(decoder), clock: decoding.readVarUint(decoder) };
}

/** Texts and binaries alike are a length and so many bytes; where these end. */
function endOfBytes(decoder: decoding.Decoder): number {
  const length = decoding.readVarUint(decoder);
  if (length > decoder.arr.length - decoder.pos) throw new RangeError("the update is cut short");
  return decoder.pos + length;
}

function skipBytes(decoder: decoding.Decoder): void {
  decoder.pos = endOfBytes(decoder);
}

function times(n: number, work: () => void): number {
  for (let i = 0; i < n; i++) work();
  return n;
}

/** A part of a struct's content: its clocks, and its bytes. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** Whether a struct can be told in parts: a text, or a list. The value of a map is one. */
export function isDivisible({ info, length }: RawStruct): boolean {
  const which = kindOf(info);
  const divisible = which === kind.text || which === kind.any || which === kind.json;
  return divisible && length > 1 && (info & hasParentKey) === 0;
}

/**
 * Divides the content of a divisible struct into parts of at most so many bytes, or of one element or character if that has more. A
 * character beyond the first plane is two clocks and one character: it is never cut.
 */
export function* partsOf(
  update: Uint8Array,
  struct: RawStruct,
  maxBytes: number,
): Generator<Part, undefined> {
  const decoder = decoding.createDecoder(update);
  decoder.pos = struct.content;
  const count = decoding.readVarUint(decoder);
  const which = kindOf(struct.info);
  const next = () => {
    if (which === kind.any) decoding.readAny(decoder);
    else if (which === kind.json) skipBytes(decoder);
    else return nextCharacter(decoder, end);
    return 1;
  };
  let part = { from: 0, to: 0, start: decoder.pos, end: decoder.pos };
  const end = which === kind.text ? decoder.pos + count : struct.end;
  while (decoder.pos < end) {
    const units = next();
    if (decoder.pos - part.start > maxBytes && part.to > part.from) {
      yield part;
      part = { from: part.to, to: part.to, start: part.end, end: part.end };
    }
    part.to += units;
    part.end = decoder.pos;
  }
  yield part;
}

/** Moves over a character of UTF-8 that ends at `end` at the latest: what comes next may look like more of it. How many UTF-16 units it has. */
function nextCharacter(decoder: decoding.Decoder, end: number): number {
  const { arr } = decoder;
  const first = arr[decoder.pos++]!;
  while (decoder.pos < end && (arr[decoder.pos]! & 0xc0) === 0x80) decoder.pos++;
  return first < 0xf0 ? 1 : 2;
}

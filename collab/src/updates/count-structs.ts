import * as decoding from "lib0/decoding";

/**
 * How many structs a Yjs v1 update has, counting no further than `limit`. Reads over them without making any: two bytes are enough
 * for a struct, and a few megabytes of those would keep the thread for seconds before anything else could be asked of them.
 * Throws when the update is malformed.
 */
export function countStructs(update: Uint8Array, limit: number): number {
  const decoder = decoding.createDecoder(update);
  let count = 0;
  for (let clients = decoding.readVarUint(decoder); clients > 0; clients--) {
    let structs = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    for (; structs > 0; structs--) {
      if (++count > limit) return count;
      skipStruct(decoder);
    }
  }
  return count;
}

// The layout is that of Yjs's `Item.write` and the `write` of each content; the low five bits of the first byte say which.
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_PARENT_KEY = 0x20;

function skipStruct(decoder: decoding.Decoder): void {
  const info = decoding.readUint8(decoder);
  const kind = info & 0x1f;
  // GC and Skip: only how long.
  if (kind === 0 || kind === 10) return void decoding.readVarUint(decoder);
  if (info & HAS_ORIGIN) skipId(decoder);
  if (info & HAS_RIGHT_ORIGIN) skipId(decoder);
  if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
    if (decoding.readVarUint(decoder) === 1) skipBytes(decoder);
    else skipId(decoder);
    if (info & HAS_PARENT_KEY) skipBytes(decoder);
  }
  skipContent(decoder, kind);
}

function skipContent(decoder: decoding.Decoder, kind: number): void {
  switch (kind) {
    case 1: // deleted: how long
      return void decoding.readVarUint(decoder);
    case 2: // JSON: each value as text
      return times(decoding.readVarUint(decoder), () => skipBytes(decoder));
    case 3: // binary
    case 4: // text
    case 5: // embed, as text
      return skipBytes(decoder);
    case 6: // format: key and value, as text
      return times(2, () => skipBytes(decoder));
    case 7: {
      // type: elements and hooks have a name
      const type = decoding.readVarUint(decoder);
      return type === 3 || type === 5 ? skipBytes(decoder) : undefined;
    }
    case 8: // any: each value
      return times(decoding.readVarUint(decoder), () => void decoding.readAny(decoder));
    case 9: // subdocument: its id and options
      skipBytes(decoder);
      return void decoding.readAny(decoder);
    default:
      throw new RangeError("there is no such content");
  }
}

function skipId(decoder: decoding.Decoder): void {
  decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
}

/** Texts and binaries alike are a length and so many bytes. */
function skipBytes(decoder: decoding.Decoder): void {
  const length = decoding.readVarUint(decoder);
  if (length > decoder.arr.length - decoder.pos) throw new RangeError("the update is cut short");
  decoder.pos += length;
}

function times(n: number, work: () => void): void {
  for (let i = 0; i < n; i++) work();
}

import * as encoding from "lib0/encoding";

/** The name of a struct or a range's beginning. */
export interface Id {
  readonly client: number;
  readonly clock: number;
}

/** What an item holds: its reference number in the format, how many clocks it takes, and its bytes. */
export interface Content {
  readonly ref: number;
  readonly length: number;
  write(encoder: encoding.Encoder): void;
}

/** An item as the format has it; nothing here has to make sense. */
export interface ItemSpec {
  readonly kind: "item";
  readonly origin?: Id;
  readonly rightOrigin?: Id;
  /** A root type by name, or an item that holds a type. Written only where there are no origins to copy it from. */
  readonly parent: Id | string;
  /** The key, where the parent is a map. */
  readonly sub?: string;
  readonly content: Content;
}

/** One struct of an update. */
export type StructSpec = ItemSpec | { readonly kind: "gc" | "skip"; readonly length: number };

/** Structs of one client, which follow each other from a clock on. */
export interface Section extends Id {
  readonly structs: readonly StructSpec[];
  /** How many structs the update says there are, where it lies. */
  readonly claimed?: number;
}

/** A range of a delete set. */
export interface Deletion extends Id {
  readonly length: number;
}

const GC = 0;
const SKIP = 10;
/** Bits of a struct's first byte. */
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_SUB = 0x20;

/** Writes a Yjs v1 update without Yjs, which would not write most of what is wanted here. */
export function writeUpdate(sections: readonly Section[], deletions: readonly Deletion[] = []): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, sections.length);
    for (const { client, clock, structs, claimed } of sections) {
      encoding.writeVarUint(encoder, claimed ?? structs.length);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      for (const struct of structs) writeStruct(encoder, struct);
    }
    writeDeletions(encoder, deletions);
  });
}

/** How many clocks a struct takes. */
export function lengthOf(struct: StructSpec): number {
  return struct.kind === "item" ? struct.content.length : struct.length;
}

function writeStruct(encoder: encoding.Encoder, struct: StructSpec): void {
  if (struct.kind !== "item") {
    encoding.writeUint8(encoder, struct.kind === "gc" ? GC : SKIP);
    encoding.writeVarUint(encoder, struct.length);
    return;
  }
  const { origin, rightOrigin, parent, sub, content } = struct;
  encoding.writeUint8(
    encoder,
    content.ref |
      (origin ? HAS_ORIGIN : 0) |
      (rightOrigin ? HAS_RIGHT_ORIGIN : 0) |
      (sub !== undefined ? HAS_SUB : 0),
  );
  if (origin) writeId(encoder, origin);
  if (rightOrigin) writeId(encoder, rightOrigin);
  if (!origin && !rightOrigin) {
    encoding.writeVarUint(encoder, typeof parent === "string" ? 1 : 0);
    if (typeof parent === "string") encoding.writeVarString(encoder, parent);
    else writeId(encoder, parent);
    if (sub !== undefined) encoding.writeVarString(encoder, sub);
  }
  content.write(encoder);
}

function writeId(encoder: encoding.Encoder, { client, clock }: Id): void {
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock);
}

function writeDeletions(encoder: encoding.Encoder, deletions: readonly Deletion[]): void {
  const byClient = Map.groupBy(deletions, ({ client }) => client);
  encoding.writeVarUint(encoder, byClient.size);
  for (const [client, ranges] of byClient) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, ranges.length);
    for (const { clock, length } of ranges) {
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarUint(encoder, length);
    }
  }
}

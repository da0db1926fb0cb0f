import * as Y from "yjs";

/** A struct as an update brings it. */
export type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

/** What an update claims, before any of it is believed. */
export interface Inspection {
  readonly structs: readonly Struct[];
  readonly deletes: ReturnType<typeof Y.decodeUpdate>["ds"];
  /** Per clientID: the clocks that the update brings structs for, `[from, to)`. */
  readonly ranges: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
  /** Whether it puts a document into the document. */
  readonly subdocuments: boolean;
  /** Its size. */
  readonly bytes: number;
}

/** A struct this long was not typed: clocks near 2^53 would break arithmetic on them. */
const MAX_CLOCK = 2 ** 40;

/** Decodes an update without applying it. Throws when it is malformed or its clocks are absurd. */
export function inspect(update: Uint8Array): Inspection {
  const { structs, ds } = Y.decodeUpdate(update);
  const ranges = new Map<number, { from: number; to: number }>();
  let subdocuments = false;
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    if (!Number.isSafeInteger(client) || end > MAX_CLOCK) throw new RangeError("a clock is out of range");
    // A Skip stands for what the sender does not have either.
    if (struct instanceof Y.Skip) continue;
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentDoc) subdocuments = true;
    const range = ranges.get(client);
    if (range) {
      range.from = Math.min(range.from, clock);
      range.to = Math.max(range.to, end);
    } else ranges.set(client, { from: clock, to: end });
  }
  return { structs, deletes: ds, ranges, subdocuments, bytes: update.length };
}

/** Whether the update has structs that the document does not. */
export function bringsStructs(doc: Y.Doc, { ranges }: Inspection): boolean {
  for (const [client, { to }] of ranges) if (to > Y.getState(doc.store, client)) return true;
  return false;
}

/** Whether nothing can be read of a struct: a garbage-collected one, or the mark of deleted content. It takes clocks and costs no bytes. */
export function isGone(struct: Struct): boolean {
  return struct instanceof Y.GC || (struct instanceof Y.Item && struct.content instanceof Y.ContentDeleted);
}

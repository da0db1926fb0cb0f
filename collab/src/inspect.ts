import * as Y from "yjs";

/** What an update claims, before any of it is believed. */
export interface Inspection {
  /** Per clientID: the clocks that the update brings structs for, `[from, to)`. */
  readonly ranges: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
}

/** A struct this long was not typed: clocks near 2^53 would break arithmetic on them. */
const MAX_CLOCK = 2 ** 40;

/** Decodes an update without applying it. Throws when it is malformed or its clocks are absurd. */
export function inspect(update: Uint8Array): Inspection {
  const { structs } = Y.decodeUpdate(update);
  const ranges = new Map<number, { from: number; to: number }>();
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    if (!Number.isSafeInteger(client) || end > MAX_CLOCK) throw new RangeError("a clock is out of range");
    // A Skip stands for what the sender does not have either.
    if (struct instanceof Y.Skip) continue;
    const range = ranges.get(client);
    if (range) {
      range.from = Math.min(range.from, clock);
      range.to = Math.max(range.to, end);
    } else ranges.set(client, { from: clock, to: end });
  }
  return { ranges };
}

/** The clientIDs for which the update has something that the document does not. */
export function novelClients(doc: Y.Doc, { ranges }: Inspection): number[] {
  const novel: number[] = [];
  for (const [client, { to }] of ranges) if (to > Y.getState(doc.store, client)) novel.push(client);
  return novel;
}

import * as Y from "yjs";
import { checkWellFormed } from "./well-formed.js";

/** What an update claims, before any of it is believed. */
export interface Inspection {
  /** Per clientID: the clocks that the update brings structs for, `[from, to)`. */
  readonly ranges: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
}

/** Decodes an update without applying it. Throws when it is malformed or nothing that Yjs writes. */
export function inspect(update: Uint8Array): Inspection {
  const decoded = Y.decodeUpdate(update);
  checkWellFormed(decoded);
  const { structs } = decoded;
  const ranges = new Map<number, { from: number; to: number }>();
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
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

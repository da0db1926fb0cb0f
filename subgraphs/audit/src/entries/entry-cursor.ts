import { AppError } from "@onrecord/core/errors";
import type { PlacedEntry } from "@onrecord/ledger/read";
import { type CursorCodec, defineCursor } from "@onrecord/subgraph/cursor";

const codec = defineCursor("entry", "digits", "id");
const MAX_XID = 2n ** 64n - 1n;

/** What the cursor of an entry says. */
export type EntryPlace = readonly [txid: string, entryId: string];

/**
 * The cursor of an entry: its place in the order of the record. A list reads only its id; a subscription resumes from the
 * whole. Both take the other's cursors, so that a page can be followed live from where it begins.
 */
export const entryCursor: CursorCodec<EntryPlace> = {
  encode: codec.encode,
  decode(cursor) {
    const place = codec.decode(cursor);
    // Twenty digits can say more than 64 bits hold.
    if (BigInt(place[0]) > MAX_XID)
      throw new AppError("BAD_USER_INPUT", "This cursor does not belong to this list.");
    return place;
  },
};

/** The place that an entry's cursor says. */
export function placeOf({ txid, id }: PlacedEntry): EntryPlace {
  return [txid, id];
}

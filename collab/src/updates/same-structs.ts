import * as Y from "yjs";
import type { ClockRanges } from "../authorship/clock-ranges.js";
import { type Inspection, isGone, type Struct } from "./inspect.js";

/**
 * Whether an update says of the clocks of a clientID below `to` the same as the document, which has all of them. What is deleted on either side says nothing,
 * since anyone may have deleted it meanwhile, unless it never came with content: `cameEmpty`. The two may be cut into structs
 * differently, so overlaps are compared.
 */
export function sameStructs(
  doc: Y.Doc,
  { claims, deletes }: Inspection,
  clientId: number,
  to: number,
  cameEmpty: ClockRanges,
): boolean {
  const known = doc.store.clients.get(clientId) ?? [];
  for (const struct of claims.get(clientId)?.structs ?? []) {
    const end = Math.min(struct.id.clock + struct.length, to);
    let at = struct.id.clock;
    if (at >= end) continue;
    for (let i = Y.findIndexSS(known, at); at < end; i++) {
      const other = known[i]!;
      const until = Math.min(other.id.clock + other.length, end);
      const same =
        isGone(struct) ||
        (isGone(other) || other.deleted
          ? isMark(struct) || !cameEmpty.overlaps(clientId, at, until)
          : samePart(struct, other, at, until));
      if (!same && !deleted(deletes, clientId, at, until)) return false;
      at = until;
    }
  }
  return true;
}

/**
 * Whether the structs of an update that are known in part stand where the known part does. The rest goes behind that whatever it says,
 * and would keep the right neighbour of another place: what lies between it would have known and denied.
 */
export function standsWhereKnown({ store }: Y.Doc, { claims }: Inspection): boolean {
  for (const [client, { from, to, structs }] of claims) {
    const state = Y.getState(store, client);
    if (from >= state || to <= state) continue;
    const known = store.clients.get(client)!;
    for (const struct of structs) {
      const { clock } = struct.id;
      if (clock >= state || clock + struct.length <= state || !(struct instanceof Y.Item)) continue;
      for (let i = Y.findIndexSS(known, clock); i < known.length; i++) {
        const other = known[i]!;
        if (other instanceof Y.Item && !samePlace(struct, other, Math.max(clock, other.id.clock)))
          return false;
      }
    }
  }
  return true;
}

function samePart(a: Struct, b: Y.Item | Y.GC, from: number, to: number): boolean {
  if (!(a instanceof Y.Item && b instanceof Y.Item)) return true;
  return samePlace(a, b, from) && Buffer.compare(encoded(a, from, to), encoded(b, from, to)) === 0;
}

/** Whether an item as it came says of a clock of it that it stands where it does. */
function samePlace(came: Y.Item, there: Y.Item, clock: number): boolean {
  return (
    Y.compareIDs(originAt(came, clock), originAt(there, clock)) &&
    Y.compareIDs(came.rightOrigin, there.rightOrigin) &&
    // Without a neighbour, an update names the place itself.
    (came.origin !== null || came.rightOrigin !== null || placeOf(came) === placeOf(there))
  );
}

/** A mark where formatting begins or ends: every editor that sees a superfluous one takes it away, so it comes deleted from here and not from there. */
function isMark(struct: Struct): boolean {
  return struct instanceof Y.Item && struct.content instanceof Y.ContentFormat;
}

function originAt({ id, origin }: Y.Item, clock: number): Y.ID | null {
  return clock === id.clock ? origin : Y.createID(id.client, clock - 1);
}

/** The type that an item stands in, and under which key. */
function placeOf({ parent, parentSub }: Y.Item): string {
  const { item, name } = typeOf(parent);
  return JSON.stringify([item?.client, item?.clock, name, parentSub]);
}

/** Not yet applied, a parent is the name of a root type or the id of the item that holds it. */
function typeOf(parent: Y.Item["parent"]): { item?: Y.ID; name?: string } {
  if (parent === null) return {};
  if (typeof parent === "string") return { name: parent };
  if (parent instanceof Y.ID) return { item: parent };
  return parent._item ? { item: parent._item.id } : { name: Y.findRootTypeKey(parent) };
}

/** The bytes of the content of an item in the clocks `[from, to)`. */
function encoded({ id, length, content }: Y.Item, from: number, to: number): Uint8Array {
  let part = content.copy();
  if (to < id.clock + length) part.splice(to - id.clock);
  if (from > id.clock) part = part.splice(from - id.clock);
  const encoder = new Y.UpdateEncoderV1();
  part.write(encoder, 0);
  return encoder.toUint8Array();
}

function deleted(deletes: Inspection["deletes"], client: number, from: number, to: number): boolean {
  for (let clock = from; clock < to; clock++)
    if (!Y.isDeleted(deletes, Y.createID(client, clock))) return false;
  return true;
}

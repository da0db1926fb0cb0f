import { effectiveUpdate } from "@onrecord/history/edit/effective-update";
import * as Y from "yjs";
import type { Inspection } from "./inspect.js";
import { makeSpansSound } from "./spans.js";

/**
 * Items that are passed on the way to neighbours, for one update. Honest neighbours are near, but for those of somebody who was away
 * for long. Without a bound, many items that name one far away would keep the node busy for minutes.
 */
const MAX_STEPS = 20_000;

/** Applies an update and returns what it changed. Throws where it must not stay: the document has it then, or a part of it. */
export function applyPlaced(doc: Y.Doc, update: Uint8Array, inspection: Inspection): Uint8Array | null {
  return effectiveUpdate(doc, update, () => {
    makeSpansSound(doc, inspection);
    if (!isPlaced(doc, inspection)) throw new RangeError("an item does not stand between its neighbours");
  });
}

/**
 * Whether every item that an update brought stands between the neighbours it names, in their parent, as far as that can be seen from
 * near. Yjs believes what an item says of its neighbours, and its order depends on that being true: where it is not, those who take the
 * same changes in another order, or in one piece, end with another document. To be asked within the transaction that applied the update:
 * at its end Yjs joins what is deleted to its neighbours, whatever it said of them.
 */
export function isPlaced(doc: Y.Doc, { claims }: Inspection): boolean {
  const way = { left: MAX_STEPS };
  for (const { structs } of claims.values())
    for (const struct of structs)
      if (
        struct instanceof Y.Item &&
        (!standsBetween(doc, itemAt(doc, struct.lastId), way) || isTornApart(doc, struct))
      )
        return false;
  return true;
}

/** An item as it was integrated: of one that was known in part, the rest, which stands behind that part whatever it said. */
function standsBetween(doc: Y.Doc, item: Y.Item | null, way: { left: number }): boolean {
  // It depends on something unseen, or what it depends on was collected: then it has no place.
  if (!item) return true;
  // A map's value is one: of several, those that are deleted part by part leave some documents and not others.
  if (item.parentSub !== null && !item.deleted && item.length > 1) return false;
  // Yjs never names what stands right of one. Where that is named the last value, and so what is deleted, would depend on the order in
  // which they come: by their left neighbours alone they have the same order everywhere.
  if (item.parentSub !== null && item.rightOrigin !== null) return false;
  const left = item.origin && itemAt(doc, item.origin);
  const right = item.rightOrigin && itemAt(doc, item.rightOrigin);
  return reaches(item, left, "left", way) && reaches(item, right, "right", way);
}

/**
 * Whether an item was collected because one of its neighbours was, and the other is still there: they never stood beside each other, and
 * where the one was collected later the item lives on beside the other.
 */
function isTornApart({ store }: Y.Doc, { id, origin, rightOrigin }: Y.Item): boolean {
  const isCollected = (named: Y.ID) =>
    named.clock < Y.getState(store, named.client) && (Y.getItem(store, named) as unknown) instanceof Y.GC;
  if (origin === null || rightOrigin === null || !isCollected(id)) return false;
  return isCollected(origin) !== isCollected(rightOrigin);
}

/** Whether a neighbour stands on its side. Items stand next to those they name unless others wrote in the same place meanwhile. */
function reaches(
  item: Y.Item,
  neighbour: Y.Item | null,
  side: "left" | "right",
  way: { left: number },
): boolean {
  if (neighbour === null) return true;
  if (neighbour.parent !== item.parent || neighbour.parentSub !== item.parentSub) return false;
  let other = item[side];
  while (other !== null && other !== neighbour && way.left-- > 0) other = other[side];
  return other !== null;
}

function itemAt({ store }: Y.Doc, id: Y.ID): Y.Item | null {
  if (id.clock >= Y.getState(store, id.client)) return null;
  const struct: unknown = Y.getItem(store, id);
  return struct instanceof Y.Item ? struct : null;
}

import * as Y from "yjs";
import { catchUp, uncollected } from "../attribution/joint-document.js";
import { keepCharacters, type Pair, pairsOf, unitAt } from "../attribution/whole-text.js";

/**
 * The update that makes a document at `head` equal to `old` by undoing what came between: what was inserted since is deleted, what was
 * deleted since comes back in its place. Everything that both versions share stays the same item, so cursors, comments and
 * concurrent edits that point into it keep their place. Null when there is nothing to undo.
 *
 * What lies between is taken from the two states, never change by change: the cost is that of the two versions.
 */
export function revertTo(old: Y.Doc, head: Y.Doc, clientID?: number): Uint8Array | null {
  const doc = uncollected(old);
  if (clientID !== undefined) doc.clientID = clientID;
  keepCharacters(doc);
  const since = Symbol("since");
  const undo = new Y.UndoManager(doc, {
    trackedOrigins: new Set([since]),
    ignoreRemoteMapChanges: false,
  });
  catchUp(doc, Y.encodeStateAsUpdate(head, Y.encodeStateVector(doc)), since);
  const reverted: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => void reverted.push(update));
  undo.undo();
  undo.destroy();
  doc.transact((transaction) => {
    for (const pair of pairsOf(old)) mend(transaction, pair, head);
  });
  doc.destroy();
  return reverted.length > 1 ? Y.mergeUpdates(reverted) : (reverted[0] ?? null);
}

/**
 * Writes a character of two UTF-16 units anew that was cut: an undo brings back halves, each by itself, and of those that stayed the head
 * shows U+FFFD. Its neighbours stay.
 */
function mend(transaction: Y.Transaction, { client, clock, text }: Pair, head: Y.Doc): void {
  const high = standing(transaction.doc, client, clock);
  const low = standing(transaction.doc, client, clock + 1);
  // What is as it was since the head is told by the head; what came back is told as one piece, or as two.
  const returned = high.client !== client || high.clock !== clock;
  const told = returned ? text : [0, 1].map((half) => unitAt(head, client, clock + half)).join("");
  const together = high.item === low.item && high.clock + 1 === low.clock;
  if (high.item.deleted || (together && told === text)) return;
  const first = Y.getItemCleanStart(transaction, Y.createID(high.client, high.clock));
  const { left } = first;
  const id = Y.createID(
    transaction.doc.clientID,
    Y.getState(transaction.doc.store, transaction.doc.clientID),
  );
  new Y.Item(
    id,
    left,
    left?.lastId ?? null,
    first,
    first.id,
    first.parent,
    first.parentSub,
    new Y.ContentString(text),
  ).integrate(transaction, 0);
  for (const half of [high, low]) {
    Y.getItemCleanEnd(transaction, transaction.doc.store, Y.createID(half.client, half.clock));
    Y.getItemCleanStart(transaction, Y.createID(half.client, half.clock)).delete(transaction);
  }
}

/** Where a unit stands after an undo: in the item that came back for the one that was deleted, if any. */
function standing({ store }: Y.Doc, client: number, clock: number) {
  let at = { client, clock };
  for (;;) {
    const item = Y.getItem(store, Y.createID(at.client, at.clock));
    if (item.redone === null) return { ...at, item };
    at = { client: item.redone.client, clock: item.redone.clock + at.clock - item.id.clock };
  }
}

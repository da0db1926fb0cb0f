import * as Y from "yjs";
import { catchUp, uncollected } from "./joint-document.js";

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
  doc.destroy();
  return reverted.length > 1 ? Y.mergeUpdates(reverted) : (reverted[0] ?? null);
}

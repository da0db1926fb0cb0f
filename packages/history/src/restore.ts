import * as Y from "yjs";

/**
 * Makes `doc`, which stands at a newer version, equal to an older one, by undoing what came between: what was inserted since is
 * deleted, what was deleted since comes back in its place. Everything that both versions share stays the same item, so cursors,
 * comments and concurrent edits that point into it keep their place.
 *
 * `old` must be built without garbage collection; `since` are the changes after it, in order. The result is one update.
 */
export function revertUpdate(old: Y.Doc, since: readonly Uint8Array[]): Uint8Array | null {
  const origin = Symbol("since");
  const undo = new Y.UndoManager(old, {
    trackedOrigins: new Set([origin]),
    captureTimeout: Number.MAX_SAFE_INTEGER,
    ignoreRemoteMapChanges: false,
  });
  old.transact(() => {
    for (const update of since) Y.applyUpdate(old, update, origin);
  }, origin);
  let reverted: Uint8Array | null = null;
  old.once("update", (update: Uint8Array) => {
    reverted = update;
  });
  undo.undo();
  undo.destroy();
  return reverted;
}

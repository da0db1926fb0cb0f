import * as Y from "yjs";

/**
 * Applies a committed change, and nothing besides. After what comes from elsewhere Yjs tidies formatting, which here would be a change
 * that no commit has: the document would be ahead of its history, and when an editor tidies the same, that would pass for known.
 */
export function applyCommitted(doc: Y.Doc, update: Uint8Array): void {
  doc.transact((transaction) => {
    Y.applyUpdate(doc, update);
    transaction.local = true;
  });
}

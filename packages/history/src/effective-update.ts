import * as Y from "yjs";

/** Applies an update and returns what it changed, or null when it changed nothing. */
export function effectiveUpdate(doc: Y.Doc, update: Uint8Array): Uint8Array | null {
  const changes = emittedBy(doc, () => Y.applyUpdate(doc, update));
  return changes.length > 1 ? Y.mergeUpdates(changes) : (changes[0] ?? null);
}

/**
 * Runs `work` in one transaction and returns what it changed: the first update is all that `work` did. Often it is the only one, but
 * Yjs tidies formatting in a transaction of its own: keeping only the last would lose the edit itself.
 */
export function emittedBy(doc: Y.Doc, work: () => void): Uint8Array[] {
  const changes: Uint8Array[] = [];
  const keep = (change: Uint8Array) => void changes.push(change);
  doc.on("update", keep);
  try {
    Y.transact(doc, work, null, false);
  } finally {
    doc.off("update", keep);
  }
  return changes;
}

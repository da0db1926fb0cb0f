import * as encoding from "lib0/encoding";
import * as Y from "yjs";

/**
 * Applies an update and returns what it changed, or null when it changed nothing. `look` is called when it has been applied, before Yjs
 * joins its structs to others and collects what is deleted.
 */
export function effectiveUpdate(doc: Y.Doc, update: Uint8Array, look?: () => void): Uint8Array | null {
  const changes = emittedBy(doc, () => {
    Y.applyUpdate(doc, update);
    look?.();
  });
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

/** An update without the deletions that others have made as well; null when nothing is left of it. */
export function withoutDeletesOf(update: Uint8Array, others: readonly Uint8Array[]): Uint8Array | null {
  const theirs = new Map<number, Range[]>();
  for (const other of others)
    for (const [client, ranges] of Y.decodeUpdate(other).ds.clients)
      theirs.set(client, [...(theirs.get(client) ?? []), ...ranges]);
  const { structs, ds } = Y.decodeUpdate(update);
  const left = [...ds.clients]
    .map(([client, ranges]) => [client, subtract(ranges, theirs.get(client) ?? [])] as const)
    .filter(([, ranges]) => ranges.length > 0);
  if (structs.length === 0 && left.length === 0) return null;
  // To somebody who has every struct Yjs tells the deletes only, behind a zero: no structs.
  const deletes = Y.diffUpdate(update, Y.encodeStateVector(Y.parseUpdateMeta(update).to)).length - 1;
  return encoding.encode((encoder) => {
    encoding.writeUint8Array(encoder, update.subarray(0, update.length - deletes));
    encoding.writeVarUint(encoder, left.length);
    for (const [client, ranges] of left) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length);
      for (const { clock, len } of ranges) {
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarUint(encoder, len);
      }
    }
  });
}

interface Range {
  readonly clock: number;
  readonly len: number;
}

function subtract(ranges: readonly Range[], taken: readonly Range[]): readonly Range[] {
  let left = ranges;
  for (const { clock, len } of taken)
    left = left.flatMap((range) =>
      [
        { clock: range.clock, len: Math.min(range.clock + range.len, clock) - range.clock },
        {
          clock: Math.max(range.clock, clock + len),
          len: range.clock + range.len - Math.max(range.clock, clock + len),
        },
      ].filter((part) => part.len > 0),
    );
  return left;
}

import * as Y from "yjs";

/** Merging is superlinear: so many updates become one at most, */
const MOST = 100;
/** and so many bytes. Some MiB would keep everyone else on the node for half a second. */
const MOST_BYTES = 64 * 1024;

/** The same as fewer updates, in their order; a large one as it is. */
export function* merged(updates: readonly Uint8Array[]): Generator<Uint8Array> {
  let together: Uint8Array[] = [];
  let bytes = 0;
  for (const update of updates) {
    if (together.length === MOST || (together.length > 0 && bytes + update.length > MOST_BYTES)) {
      yield merge(together);
      together = [];
      bytes = 0;
    }
    together.push(update);
    bytes += update.length;
  }
  if (together.length > 0) yield merge(together);
}

function merge(updates: Uint8Array[]): Uint8Array {
  return updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);
}

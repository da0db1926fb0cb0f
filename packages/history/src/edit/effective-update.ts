import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { IdMap } from "../attribution/id-map.js";

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

/** What of an update a document lacks, found without applying it; null for nothing. All that it builds on must be there. */
export function lacking(doc: Y.Doc, update: Uint8Array): Uint8Array | null {
  return withDeletes(Y.diffUpdate(update, Y.encodeStateVector(doc)), (client, range) =>
    living(doc, client, range),
  );
}

/**
 * An update without the deletes that others say too, found without the document; null when nothing is left. What it inserts must be its
 * own, of clientIDs that nobody else uses.
 */
export function withoutDeleted(update: Uint8Array, others: readonly Uint8Array[]): Uint8Array | null {
  const gone = new IdMap();
  for (const other of others)
    for (const [client, ranges] of Y.decodeUpdate(other).ds.clients)
      for (const { clock, len } of ranges) gone.add(client, clock, len, 1);
  return withDeletes(update, (client, { clock, len }) =>
    gone
      .spans(client, clock, len)
      .filter(({ value }) => value === undefined)
      .map((span) => ({ clock: span.clock, len: span.length })),
  );
}

/** An update with those of its deletes that are left; null when it then says nothing. */
function withDeletes(
  update: Uint8Array,
  leftOf: (client: number, range: Range) => Range[],
): Uint8Array | null {
  const { structs, ds } = Y.decodeUpdate(update);
  const left = [...ds.clients]
    .map(([client, ranges]) => [client, ranges.flatMap((range) => leftOf(client, range))] as const)
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

/** The parts of a range that are not deleted, what the document does not have yet among them. */
function living({ store }: Y.Doc, client: number, { clock, len }: Range): Range[] {
  const structs = store.clients.get(client) ?? [];
  const state = Y.getState(store, client);
  const end = clock + len;
  const parts: Range[] = [];
  if (clock < state)
    for (let i = Y.findIndexSS(structs, clock); i < structs.length && structs[i]!.id.clock < end; i++) {
      const struct = structs[i]!;
      const from = Math.max(clock, struct.id.clock);
      if (!struct.deleted)
        parts.push({ clock: from, len: Math.min(end, struct.id.clock + struct.length) - from });
    }
  const beyond = Math.max(clock, state);
  if (beyond < end) parts.push({ clock: beyond, len: end - beyond });
  return parts;
}

import type { KeyObject } from "node:crypto";
import { seal, unseal } from "@onrecord/keys/vault";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/**
 * Seals the updates of consecutive versions as one: a lone update as it is, several each with its length before it. To seal each
 * by itself would cost more than to apply it.
 */
export function sealBatch(
  key: KeyObject,
  documentId: string,
  first: number,
  updates: readonly Uint8Array[],
): Buffer {
  const last = first + updates.length - 1;
  return seal(key, updates.length === 1 ? updates[0]! : join(updates), batchContext(documentId, first, last));
}

/** Opens what `sealBatch` made: the updates in order. Throws when the key, the place or a single bit differs. */
export function openBatch(
  key: KeyObject,
  documentId: string,
  first: number,
  last: number,
  sealed: Uint8Array,
): Uint8Array[] {
  const plain = unseal(key, sealed, batchContext(documentId, first, last));
  if (first === last) return [plain];
  const decoder = decoding.createDecoder(plain);
  return Array.from({ length: last - first + 1 }, () => decoding.readVarUint8Array(decoder));
}

/** What a sealed batch is bound to: it opens only as these versions of this document. */
function batchContext(documentId: string, first: number, last: number): string {
  return first === last ? `change:${documentId}:${first}` : `changes:${documentId}:${first}-${last}`;
}

function join(updates: readonly Uint8Array[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const update of updates) encoding.writeVarUint8Array(encoder, update);
  });
}

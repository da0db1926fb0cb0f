import type { KeyObject } from "node:crypto";
import { seal, unseal } from "@onrecord/keys/vault";
import type { Sql } from "@onrecord/postgres/database";
import { type EncodedState, packState, unpackState } from "./encoded-state.js";

/**
 * Checkpoints that stay are at least so many versions apart. What a load at any version replays is at most about twice as much, or what
 * was written within a second.
 */
export const CHECKPOINT_EVERY = 500;

/**
 * Stores the whole state at a version, so that loading starts there; not of a document that was destroyed meanwhile. One that stands
 * close behind another is of use until the next.
 */
export async function writeCheckpoint(
  sql: Sql,
  key: KeyObject,
  documentId: string,
  version: number,
  encoded: EncodedState,
): Promise<void> {
  const sealed = seal(key, packState(encoded), checkpointContext(documentId, version));
  await sql.query("select documents.keep_checkpoint($1, $2, $3, $4)", [
    documentId,
    version,
    sealed,
    CHECKPOINT_EVERY,
  ]);
}

/** Opens what `writeCheckpoint` stored. Throws when the key, the place or a single bit differs. */
export function openCheckpoint(
  key: KeyObject,
  documentId: string,
  version: number,
  sealed: Uint8Array,
): EncodedState {
  return unpackState(unseal(key, sealed, checkpointContext(documentId, version)));
}

/** What a sealed checkpoint is bound to: it opens only as this version of this document. */
function checkpointContext(documentId: string, version: number): string {
  return `checkpoint:${documentId}:${version}`;
}

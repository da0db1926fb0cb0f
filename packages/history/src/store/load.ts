import type { KeyObject } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import { Lane } from "@onrecord/core/lane";
import type { KeyProvider } from "@onrecord/keys/vault";
import type { Sql } from "@onrecord/postgres/database";
import * as Y from "yjs";
import { openDataKey } from "../keys/data-key.js";
import { applyInSlices } from "./apply-in-slices.js";
import { openBatch } from "./batch.js";
import { type EncodedState, encodeState, raiseClocks, stateOf } from "./encoded-state.js";
import { type Opened, openStart, type Standing, type ToldOfUnusable } from "./opened-start.js";

/** A document at a version, with the data key that opened it. */
export interface LoadedDocument extends Standing {
  readonly doc: Y.Doc;
}

/** A document at its head as it is stored, for whoever need not have it as a Y.Doc. */
export interface StoredDocument extends Standing {
  readonly encoded: EncodedState;
  /** The changes that are not in `encoded`, in order. */
  readonly later: readonly Uint8Array[];
  /** The state vector with them, if it was found already. */
  readonly clocks?: ReadonlyMap<number, number>;
}

/** Batches are read in pages of this many: a long history never stands in memory whole. */
const PAGE = 1000;
/** More changes than this after the checkpoint are not worth to be passed on one by one. */
const MAX_LATER = 500;

/**
 * Loads a document at `version`, or at its committed head, in slices. NOT_FOUND without such a document, GONE when its data key was
 * destroyed, BAD_USER_INPUT without such a version, INTERNAL when a version was altered or is not in its place. A checkpoint that was is told
 * of, and passed over.
 */
export async function loadDocument(
  sql: Sql,
  keys: KeyProvider,
  documentId: string,
  version?: number,
  lane = new Lane(),
  unusable?: ToldOfUnusable,
): Promise<LoadedDocument> {
  const { opened, target } = await openStart(sql, keys, documentId, version, { lane, unusable });
  return { ...opened.at(target), doc: await build(sql, documentId, opened, target, lane) };
}

/** Reads a document at its committed head without making a Y.Doc of it. Errors are those of `loadDocument`. */
export async function readDocument(
  sql: Sql,
  keys: KeyProvider,
  documentId: string,
  lane = new Lane(),
  unusable?: ToldOfUnusable,
): Promise<StoredDocument> {
  const { opened, target } = await openStart(sql, keys, documentId, undefined, { lane, unusable });
  const { key, from, at } = opened;
  if (target - from > MAX_LATER) {
    const encoded = encodeState(await build(sql, documentId, opened, target, lane));
    return { ...at(target), encoded, later: [], clocks: Y.decodeStateVector(encoded.stateVector) };
  }
  const later: Uint8Array[] = [];
  for await (const { update } of readChanges(sql, key, documentId, from, target)) later.push(update);
  const slices = lane.begin();
  // An import has megabytes, and no checkpoint: as a state it need not be read again and again for what came after it.
  const first = opened.encoded ? undefined : later.shift();
  const encoded = opened.encoded ?? (first ? await stateOf(first, slices) : encodeState(new Y.Doc()));
  const clocks = Y.decodeStateVector(encoded.stateVector);
  for (const update of later) await raiseClocks(clocks, update, slices);
  return { ...at(target), encoded, later, clocks };
}

/** What a load at a version begins with, and the changes that it applies to that, in order. */
export interface Replay extends Standing {
  readonly encoded: EncodedState | undefined;
  readonly later: readonly Uint8Array[];
}

/** How much a replay may have. */
export interface MostReplayed {
  readonly changes: number;
  readonly bytes: number;
}

/**
 * Reads what a load at `version` would apply, and applies nothing; null where that is more than so many changes or bytes, of which no more
 * is read then. Errors are those of `loadDocument`.
 */
export async function readReplay(
  sql: Sql,
  keys: KeyProvider,
  documentId: string,
  version: number | undefined,
  most: MostReplayed,
  lane = new Lane(),
  unusable?: ToldOfUnusable,
): Promise<Replay | null> {
  const { opened, target, whole } = await openStart(sql, keys, documentId, version, {
    lane,
    unusable,
    mostBytes: most.bytes,
  });
  const { key, from, encoded, at } = opened;
  if (!whole || target - from > most.changes) return null;
  let left = most.bytes - (encoded?.state.length ?? 0);
  const later: Uint8Array[] = [];
  for await (const { update } of readChanges(sql, key, documentId, from, target)) {
    left -= update.length;
    if (left < 0) return null;
    later.push(update);
  }
  return { ...at(target), encoded, later };
}

async function build(
  sql: Sql,
  documentId: string,
  { key, encoded, from }: Opened,
  target: number,
  lane: Lane,
): Promise<Y.Doc> {
  const doc = new Y.Doc();
  const slices = lane.begin();
  if (encoded) await applyInSlices(doc, encoded.state, slices);
  for await (const { update } of readChanges(sql, key, documentId, from, target))
    await applyInSlices(doc, update, slices);
  return doc;
}

/** Where a document stands and what opens its changes, of which none is read; null without a head. Throws when its key does not open. */
export async function openHistory(
  sql: Sql,
  keys: KeyProvider,
  documentId: string,
): Promise<{ head: number; key: KeyObject } | null> {
  const [row] = await sql.query<{ head: number; wrapped: Buffer }>(
    "select version as head, wrapped_key as wrapped from documents.head where document_id = $1",
    [documentId],
  );
  return row ? { head: row.head, key: await openDataKey(keys, documentId, row.wrapped) } : null;
}

/** A version's change, opened, with what the record says of who brought it. */
export interface Change {
  readonly version: number;
  /** A Yjs v1 update. */
  readonly update: Uint8Array;
  readonly at: Date;
  readonly carrierId: string | null;
  readonly relayed: boolean;
  /** Whether all of it is proven to be the carrier's. */
  readonly proven: boolean;
  /** How long it is said to be. */
  readonly bytes: number;
}

interface BatchRow {
  readonly first: number;
  readonly last: number;
  readonly at: Date;
  readonly carriers: readonly (string | null)[];
  readonly relayed: readonly boolean[];
  readonly proven: readonly boolean[];
  readonly bytes: readonly number[];
  readonly sealed: Buffer;
}

/** Reads the changes `after + 1 … upTo` in order, a page of batches at a time. Throws when one is missing. */
export async function* readChanges(
  sql: Sql,
  key: KeyObject,
  documentId: string,
  after: number,
  upTo: number,
): AsyncGenerator<Change> {
  let at = after;
  while (at < upTo) {
    const rows = await sql.query<BatchRow>(
      `select first_version as first, last_version as last, at, carrier_ids as carriers, relayed, proven, bytes, sealed
       from documents.batch
       where document_id = $1 and last_version > $2 and first_version <= $3 order by last_version limit $4`,
      [documentId, at, upTo, PAGE],
    );
    for (const row of rows) {
      if (row.first > at + 1) break;
      const { first, last, sealed } = row;
      const updates = inItsPlace(`Version ${last} of ${documentId}`, () =>
        openBatch(key, documentId, first, last, sealed),
      );
      for (const [index, update] of updates.entries()) {
        const version = row.first + index;
        if (version <= at || version > upTo) continue;
        yield {
          version,
          update,
          at: row.at,
          carrierId: row.carriers[index]!,
          relayed: row.relayed[index]!,
          proven: row.proven[index]!,
          bytes: row.bytes[index]!,
        };
        at = version;
      }
    }
    if (rows.length === 0 || at < Math.min(upTo, rows.at(-1)!.last)) {
      throw new AppError("INTERNAL", `The history of ${documentId} has a hole after version ${at}.`);
    }
  }
}

/** What was sealed here opens here; else it says what is wrong, and where. */
function inItsPlace<T>(what: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new AppError(
      "INTERNAL",
      `${what} does not open: it was altered, or moved here from another place. Bring back the database's last good backup.`,
      { cause },
    );
  }
}

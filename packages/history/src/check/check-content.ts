import type { KeyObject } from "node:crypto";
import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { Sql } from "@onrecord/postgres/database";
import * as Y from "yjs";
import { applyCommitted } from "../store/apply-committed.js";
import { readBindings } from "../store/bindings.js";
import { openCheckpoint } from "../store/checkpoint.js";
import type { KeptBinding } from "../store/commit.js";
import { contentDigest } from "../store/content-digest.js";
import { openHistory, readChanges } from "../store/load.js";

/**
 * Opens every version of a document and makes it again, change by change, and yields a sentence for each that does not agree: with what its batch
 * says of it, with the states that are kept, or with whose each editor is. One document and a page of its changes are in memory.
 */
export async function* checkContent(
  sql: Sql,
  keys: AppContext["keys"],
  documentId: string,
): AsyncGenerator<string> {
  try {
    const opened = await openHistory(sql, keys, documentId);
    if (opened !== null) yield* replay(sql, documentId, opened);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield error.message;
  }
}

async function* replay(
  sql: Sql,
  documentId: string,
  { head, key }: { head: number; key: KeyObject },
): AsyncGenerator<string> {
  const states = new Set(await stateVersions(sql, documentId));
  const bindings = groupBindings(await readBindings(sql, documentId));
  const doc = new Y.Doc();
  for await (const { version, update, carrierId, proven, bytes } of readChanges(
    sql,
    key,
    documentId,
    0,
    head,
  )) {
    if (update.length !== bytes)
      yield `Version ${version} has ${update.length} bytes, and is said to have ${bytes}.`;
    if (proven && carrierId !== null) {
      const other = notTheirs(update, carrierId, bindings);
      if (other !== undefined)
        yield `Version ${version} is said to be all of who brought it, and the editor ${other} is not theirs.`;
    }
    applyCommitted(doc, update);
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
      yield `Version ${version} rests on what is not there.`;
      return;
    }
    if (states.has(version)) yield* compare(sql, key, documentId, version, doc);
  }
  for (const [clientId, rows] of bindings)
    if (rows.at(-1)!.clock >= Y.getState(doc.store, clientId))
      yield `It is told whose the editor ${clientId} is from ${rows.at(-1)!.clock} on, where nothing of it is.`;
  doc.destroy();
}

async function stateVersions(sql: Sql, documentId: string): Promise<number[]> {
  const rows = await sql.query<{ version: number }>(
    "select version from documents.checkpoint where document_id = $1",
    [documentId],
  );
  return rows.map(({ version }) => version);
}

async function* compare(
  sql: Sql,
  key: KeyObject,
  documentId: string,
  version: number,
  doc: Y.Doc,
): AsyncGenerator<string> {
  const [row] = await sql.query<{ sealed: Buffer }>(
    "select sealed from documents.checkpoint where document_id = $1 and version = $2",
    [documentId, version],
  );
  const kept = new Y.Doc();
  try {
    applyCommitted(kept, openCheckpoint(key, documentId, version, row!.sealed).state);
  } catch {
    yield `The state that is kept of version ${version} does not open.`;
    return;
  }
  if (contentDigest(kept) !== contentDigest(doc))
    yield `The state that is kept of version ${version} is another.`;
  kept.destroy();
}

function groupBindings(rows: readonly KeptBinding[]): Map<number, KeptBinding[]> {
  return Map.groupBy(rows, ({ clientId }) => clientId);
}

/** The first clientID of an update whose new structs are not bound to this user. */
function notTheirs(
  update: Uint8Array,
  userId: string,
  bindings: ReadonlyMap<number, readonly KeptBinding[]>,
): number | undefined {
  for (const [clientId, clock] of Y.parseUpdateMeta(update).from) {
    const row = bindings.get(clientId)?.findLast((one) => one.clock <= clock);
    if (row?.userId !== userId) return clientId;
  }
  return undefined;
}

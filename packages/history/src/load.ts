import type { Sql } from "@onrecord/platform/database";
import { AppError } from "@onrecord/platform/errors";
import { isId } from "@onrecord/platform/ids";
import { type KeyProvider, unseal } from "@onrecord/platform/vault";
import * as Y from "yjs";
import { changeContext } from "./commit.js";
import { missingDocument } from "./shredded.js";

/** A document at a version, with the data key that opened it. */
export interface LoadedDocument {
  readonly doc: Y.Doc;
  readonly version: number;
  /** When that version was committed; null for version 0. */
  readonly committedAt: Date | null;
  /** How many changes were read after the checkpoint: what the next load would pay again. */
  readonly replayed: number;
  readonly key: Buffer;
}

/** Version, wrapped data key and sealed state of the newest checkpoint at or below a version. */
interface Start {
  head: number;
  wrapped_key: Buffer;
  checkpoint: number | null;
  at: Date | null;
  sealed: Buffer | null;
}

/** Changes are read in pages of this many rows: a long history never stands in memory whole. */
const PAGE = 5000;

/**
 * Loads a document at `version`, or at its committed head. NOT_FOUND without such a document, GONE when its data key was destroyed,
 * BAD_USER_INPUT without such a version, INTERNAL when something sealed was altered or is not in its place.
 */
export async function loadDocument(
  sql: Sql,
  keys: KeyProvider,
  documentId: string,
  version?: number,
): Promise<LoadedDocument> {
  if (version !== undefined && !Number.isSafeInteger(version))
    throw new AppError("BAD_USER_INPUT", "A version is a whole number.");
  const start = await readStart(sql, documentId, version);
  const target = version ?? start.head;
  if (target < 0 || target > start.head) {
    throw new AppError(
      "BAD_USER_INPUT",
      `There is no version ${target}; this document has the versions 0 to ${start.head}.`,
    );
  }
  const key = await keys.unwrap(start.wrapped_key, keyContext(documentId));
  const doc = new Y.Doc();
  if (start.sealed !== null && start.checkpoint !== null) {
    const context = checkpointContext(documentId, start.checkpoint);
    Y.applyUpdate(
      doc,
      open(key, start.sealed, context, `The checkpoint of ${documentId} at version ${start.checkpoint}`),
    );
  }
  const from = start.checkpoint ?? 0;
  await applyChanges(sql, key, documentId, from, target, (update) => Y.applyUpdate(doc, update));
  return { doc, version: target, committedAt: start.at, replayed: target - from, key };
}

/** Reads the changes `after + 1 … upTo` in order and hands each opened update to `apply`. Throws when one is missing. */
export async function applyChanges(
  sql: Sql,
  key: Buffer,
  documentId: string,
  after: number,
  upTo: number,
  apply: (update: Buffer, version: number) => void,
): Promise<void> {
  let at = after;
  while (at < upTo) {
    const rows = await sql.query<{ version: number; sealed: Buffer }>(
      "select version, sealed from documents.change where document_id = $1 and version > $2 and version <= $3 order by version limit $4",
      [documentId, at, upTo, PAGE],
    );
    for (const { version, sealed } of rows) {
      if (version !== at + 1) break;
      const context = changeContext(documentId, version);
      apply(open(key, sealed, context, `Version ${version} of ${documentId}`), version);
      at = version;
    }
    if (rows.length === 0 || at !== rows.at(-1)?.version) {
      throw new AppError("INTERNAL", `The history of ${documentId} has a hole after version ${at}.`);
    }
  }
}

async function readStart(sql: Sql, documentId: string, version: number | undefined): Promise<Start> {
  const rows = isId(documentId)
    ? await sql.query<Start>(
        `select h.version as head, h.wrapped_key, c.version as checkpoint, c.sealed,
           (select n.at from documents.change n where n.document_id = h.document_id and n.version = coalesce($2, h.version)) as at
         from documents.head h
         left join lateral (
           select version, sealed from documents.checkpoint k
           where k.document_id = h.document_id and k.version <= coalesce($2, h.version)
           order by version desc limit 1
         ) c on true
         where h.document_id = $1`,
        [documentId, version ?? null],
      )
    : [];
  const [start] = rows;
  if (!start) throw await missingDocument(sql, documentId);
  return start;
}

function open(key: Buffer, sealed: Buffer, context: string, what: string): Buffer {
  try {
    return unseal(key, sealed, context);
  } catch (cause) {
    throw new AppError(
      "INTERNAL",
      `${what} does not open: it was altered, or moved here from another place. Bring back the database's last good backup.`,
      { cause },
    );
  }
}

export function keyContext(documentId: string): string {
  return `key:${documentId}`;
}

export function checkpointContext(documentId: string, version: number): string {
  return `checkpoint:${documentId}:${version}`;
}

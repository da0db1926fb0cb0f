import { createSecretKey, type KeyObject } from "node:crypto";
import type { Sql } from "@onrecord/platform/database";
import { AppError } from "@onrecord/platform/errors";
import { isId } from "@onrecord/platform/ids";
import { type KeyProvider, unseal } from "@onrecord/platform/vault";
import * as Y from "yjs";
import { changeContext } from "./commit.js";

/** A document at a version, with the data key that opened it. */
export interface LoadedDocument {
  readonly doc: Y.Doc;
  readonly version: number;
  /** When that version was committed; null for version 0. */
  readonly committedAt: Date | null;
  /** The entry of that version on the record; null for version 0. */
  readonly tip: string | null;
  /** How many changes were read after the checkpoint: what the next load would pay again. */
  readonly replayed: number;
  readonly key: KeyObject;
}

/** Version, wrapped data key and sealed state of the newest checkpoint at or below a version. */
interface Start {
  head: number;
  wrapped_key: Buffer;
  checkpoint: number | null;
  at: Date | null;
  tip: string | null;
  sealed: Buffer | null;
}

/** Changes are read in pages of this many rows: a long history never stands in memory whole. */
const PAGE = 5000;

/** Loads a document at `version`, or at its committed head. NOT_FOUND without such a document, BAD_USER_INPUT without such a version. */
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
  const key = createSecretKey(await keys.unwrap(start.wrapped_key, keyContext(documentId)));
  const doc = new Y.Doc();
  if (start.sealed !== null && start.checkpoint !== null) {
    Y.applyUpdate(doc, unseal(key, start.sealed, checkpointContext(documentId, start.checkpoint)));
  }
  const from = start.checkpoint ?? 0;
  await applyChanges(sql, key, documentId, from, target, (update) => Y.applyUpdate(doc, update));
  return { doc, version: target, committedAt: start.at, tip: start.tip, replayed: target - from, key };
}

/** Reads the changes `after + 1 … upTo` in order and hands each opened update to `apply`. Throws when one is missing. */
export async function applyChanges(
  sql: Sql,
  key: KeyObject,
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
      apply(unseal(key, sealed, changeContext(documentId, version)), version);
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
        `select h.version as head, h.wrapped_key, c.version as checkpoint, c.sealed, n.at, n.entry_id as tip
         from documents.head h
         left join documents.change n on n.document_id = h.document_id and n.version = coalesce($2, h.version)
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
  if (!start) throw new AppError("NOT_FOUND", "There is no such document.");
  return start;
}

export function keyContext(documentId: string): string {
  return `key:${documentId}`;
}

export function checkpointContext(documentId: string, version: number): string {
  return `checkpoint:${documentId}:${version}`;
}

import type { Random } from "@onrecord/core/testing/random";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import type { History } from "@onrecord/history/store/history";
import { readChanges } from "@onrecord/history/store/load";
import type { Sql } from "@onrecord/postgres/database";
import * as Y from "yjs";
import type { Faults } from "./faults.js";
import { difference, outline } from "./outline.js";

/** Versions that are loaded one by one, besides the replay of all. */
const LOADED = 12;

/** What checks work with. */
export interface Tools {
  readonly sql: Sql;
  readonly history: History;
  readonly random: Random;
  readonly faults: Faults;
}

/** What may be in a history. */
export interface HistoryKind {
  /** Whether the order of what is in it is defined. */
  readonly ordered?: boolean;
}

/** A document's record, read again from the table. */
export interface CheckedHistory {
  readonly versions: number;
  /** The document at its head, as the table has it. */
  readonly doc: Y.Doc;
}

/**
 * Reads the whole history of a document: versions are dense, each has an entry of its own, each changes something and leaves nothing
 * parked, and loading any of them gives what the replay had there.
 */
export async function checkHistory(
  { sql, history, random, faults }: Tools,
  documentId: string,
  { ordered = true }: HistoryKind = {},
): Promise<CheckedHistory> {
  const { key } = await history.load(documentId, 0);
  const head = (await history.head(documentId))?.version ?? 0;
  const chosen = new Set([head, ...Array.from({ length: LOADED }, () => random.int(0, head))]);
  const expected = new Map<number, string>();
  const doc = new Y.Doc();
  if (chosen.has(0)) expected.set(0, outline(doc, ordered));
  for await (const { update, version } of readChanges(sql, key, documentId, 0, head)) {
    try {
      faults.unless(
        changes(doc, update),
        `version ${version} of ${documentId} changes nothing: ${Buffer.from(update).toString("hex").slice(0, 400)}`,
      );
    } catch (error) {
      faults.add(
        `version ${version} of ${documentId} cannot be applied: ${String(error)}; ${Buffer.from(update).toString("hex").slice(0, 400)}`,
      );
    }
    faults.unless(
      doc.store.pendingStructs === null && doc.store.pendingDs === null,
      `version ${version} of ${documentId} builds on what is not there: ${Buffer.from(update).toString("hex").slice(0, 400)}`,
    );
    if (chosen.has(version)) expected.set(version, outline(doc, ordered));
  }
  for (const [version, wanted] of expected) {
    const loaded = await history
      .load(documentId, version)
      .catch((error: unknown) =>
        faults.add(`version ${version} of ${documentId} cannot be loaded: ${String(error)}`),
      );
    const differs = loaded && difference(outline(loaded.doc, ordered), wanted);
    if (differs) faults.add(`version ${version} of ${documentId} comes back different: ${differs}`);
  }
  const [count] = await sql.query<{ entries: number; own: number }>(
    `select count(*) as entries, count(*) filter (where c.version is not null) as own
     from audit.entry e left join documents.change c on c.document_id = e.object_id and c.entry_id = e.id and c.version = (e.detail->>'version')::bigint
     where e.object_id = $1 and e.action = 'document.edited'`,
    [documentId],
  );
  faults.unless(
    count?.entries === head && count.own === head,
    `${documentId} has ${head} versions, ${count?.entries} entries, ${count?.own} of them of a version`,
  );
  return { versions: head, doc };
}

/** Applies a change as it was committed; whether it changed something. */
function changes(doc: Y.Doc, update: Uint8Array): boolean {
  let changed = false;
  const note = () => {
    changed = true;
  };
  doc.on("update", note);
  try {
    applyCommitted(doc, update);
  } finally {
    doc.off("update", note);
  }
  return changed;
}

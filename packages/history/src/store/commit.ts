import type { KeyObject } from "node:crypto";
import type { AuditAction } from "@onrecord/ledger/events/catalogue";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { Sql } from "@onrecord/postgres/database";
import { sealBatch } from "./batch.js";
import { Column, column } from "./column.js";

/** One effective change that waits to be committed. */
export interface NewChange {
  /** Its entry on the record. */
  readonly entryId: string;
  /** Who brought it. */
  readonly by: By;
  /** The right that it is committed on (`LiveRight`); null where that was decided in the transaction of the commit. */
  readonly right: { readonly id: string } | null;
  /** Whether all of it is proven to be theirs. */
  readonly proven: boolean;
  /** It was not typed just then but came with a sync or out of a store: its deletes may be anyone's. */
  readonly relayed: boolean;
  /** The effective change: a Yjs v1 update. */
  readonly update: Uint8Array;
}

/** From `clock` on, the structs of a clientID are this user's; null: relayed by someone, and whose they are is not proven. */
export interface ClientBinding {
  readonly clientId: number;
  readonly clock: number;
  readonly userId: string | null;
}

/** A binding as it is kept: it says nothing of what versions before `since` brought. */
export interface KeptBinding extends ClientBinding {
  readonly since: number;
}

/** The changes of one document in one group commit, one at least: they become the versions `from + 1` and on. */
export interface DocumentChanges {
  readonly documentId: string;
  readonly from: number;
  /** The entry of version `from`; null at version 0. */
  readonly tip: string | null;
  /** The document's data key. */
  readonly key: KeyObject;
  readonly bindings: readonly ClientBinding[];
  readonly changes: readonly NewChange[];
}

/** What is committed together. */
export interface GroupCommit {
  /** What the entries call all of these changes. */
  readonly action: AuditAction & ("document.edited" | "document.imported" | "version.restored");
  /** Detail of the entries besides version and bytes. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly documents: readonly DocumentChanges[];
}

/** What became of one document's changes; `head` is the committed head. */
export interface CommitOutcome {
  readonly outcome: "COMMITTED" | "CONFLICT" | "CLIENT" | "GONE" | "VOID";
  readonly head: number;
  readonly at: Date;
}

const parameters = Array.from({ length: 31 }, (_, i) => `$${i + 1}`).join(", ");
/** Where each change rests on an open right, the database holds it against that right. */
const statements = {
  onRights: `select outcome, head, at from documents.commit_live(${parameters})`,
  decided: `select outcome, head, at from documents.commit_changes(${parameters})`,
};

/**
 * Commits the changes of many documents with their audit entries, in one statement and so in one transaction. Outcomes are in the order
 * of the documents. The SQL side, with its locks and outcomes, is migration 010; what it asks of live edits, 020.
 */
export async function commitChanges(
  sql: Sql,
  ledger: Ledger,
  { action, extra, documents }: GroupCommit,
): Promise<CommitOutcome[]> {
  const who = new Map<object, Who>();
  const perDocument = {
    bytes: new Column(),
    start: new Column(),
    offset: new Column(),
    length: new Column(),
  };
  const perChange = {
    doc: new Column(),
    version: new Column(),
    who: new Column(),
    carrier: new Column(),
    proven: new Column(),
    relayed: new Column(),
    entry: new Column(),
    bytes: new Column(),
  };
  const sealed: Buffer[] = [];
  let offset = 1;
  let start = 1;
  for (const [index, { documentId, from, key, changes }] of documents.entries()) {
    let bytes = 0;
    for (const [n, { by, right, proven, relayed, entryId, update }] of changes.entries()) {
      perChange.doc.add(index + 1);
      perChange.version.add(from + 1 + n);
      perChange.who.add(numberOf(who, { by, right }));
      perChange.carrier.add(by.actorId);
      perChange.proven.add(proven);
      perChange.relayed.add(relayed);
      perChange.entry.add(entryId);
      perChange.bytes.add(update.length);
      bytes += update.length;
    }
    const batch = sealBatch(
      key,
      documentId,
      from + 1,
      changes.map(({ update }) => update),
    );
    sealed.push(batch);
    perDocument.bytes.add(bytes);
    perDocument.start.add(start);
    perDocument.offset.add(offset);
    perDocument.length.add(batch.length);
    start += changes.length;
    offset += batch.length;
  }
  const people = [...who.values()].map(({ by }) => by);
  const rights = [...who.values()].map(({ right }) => right?.id ?? null);
  const origins = await Promise.all(
    people.map(({ from }) => (from === null ? null : ledger.provenances.of(from))),
  );
  const bindings = documents.flatMap(({ bindings }, index) =>
    bindings.map((binding) => ({ ...binding, doc: index + 1 })),
  );
  const live = action === "document.edited" && rights.every((id) => id !== null);
  return sql.query<CommitOutcome>(live ? statements.onRights : statements.decided, [
    new Set(rights.filter((id) => id !== null)).size,
    action,
    extra ? JSON.stringify(extra) : null,
    column(documents, (d) => d.documentId),
    column(documents, (d) => d.from),
    column(documents, (d) => d.tip),
    column(documents, (d) => d.changes.length),
    perDocument.bytes.text,
    column(documents, (d) => d.changes.at(-1)!.entryId),
    perDocument.start.text,
    perDocument.offset.text,
    perDocument.length.text,
    Buffer.concat(sealed),
    column(bindings, (b) => b.doc),
    column(bindings, (b) => b.clientId),
    column(bindings, (b) => b.clock),
    column(bindings, (b) => b.userId),
    column(rights, (id) => id),
    column(people, (by) => by.actorId),
    column(people, (by) => by.sessionId),
    // Only these are text, which the driver quotes.
    people.map((by) => by.requestId),
    column(origins, (origin) => origin?.id ?? null),
    column(origins, (origin) => origin?.commitment ?? null),
    perChange.doc.text,
    perChange.version.text,
    perChange.who.text,
    perChange.carrier.text,
    perChange.proven.text,
    perChange.relayed.text,
    perChange.entry.text,
    perChange.bytes.text,
  ]);
}

/** Who changed something, and on which right. */
type Who = Pick<NewChange, "by" | "right"> & { readonly number: number };

/** The place of somebody in the list of those who changed something, counted from 1: a right is one session's. */
function numberOf(all: Map<object, Who>, { by, right }: Pick<NewChange, "by" | "right">): number {
  const key = right ?? by;
  const known = all.get(key);
  if (known !== undefined) return known.number;
  const number = all.size + 1;
  all.set(key, { by, right, number });
  return number;
}

import type { KeyObject } from "node:crypto";
import type { AuditAction } from "@onrecord/ledger/events";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { Sql } from "@onrecord/platform/database";
import { seal } from "@onrecord/platform/vault";

/** One effective change that waits to be committed. */
export interface NewChange {
  /** Its entry on the record. */
  readonly entryId: string;
  /** Who brought it. */
  readonly by: By;
  /** Whether all of it is proven to be theirs. */
  readonly proven: boolean;
  /** It came in an answer to a sync: its deletes may be anyone's. */
  readonly relayed: boolean;
  /** The effective change: a Yjs v1 update. */
  readonly update: Uint8Array;
}

/** From `clock` on, the structs of a clientID are this user's; null: carried by someone, and whose they are is not proven. */
export interface ClientBinding {
  readonly clientId: number;
  readonly clock: number;
  readonly userId: string | null;
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
  /** The permission revision that every decision behind it was made at; if it has moved on, nothing is kept. */
  readonly revision: number;
  /** What the entries call all of these changes. */
  readonly action: AuditAction & ("document.edited" | "document.imported" | "version.restored");
  /** Detail of the entries besides version and bytes. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly documents: readonly DocumentChanges[];
}

/** What became of one document's changes. `head` is the committed head, or the new permission revision with REVISION. */
export interface CommitOutcome {
  readonly outcome: "COMMITTED" | "CONFLICT" | "CLIENT" | "GONE" | "REVISION";
  readonly head: number;
  readonly at: Date;
}

const statement = `select doc, outcome, head, at from documents.commit_changes(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`;

/**
 * Commits the changes of many documents with their audit entries, in one statement and so in one transaction. Outcomes are in the order
 * of the documents. The SQL side, with its locks and outcomes, is migration 008.
 */
export async function commitChanges(
  sql: Sql,
  ledger: Ledger,
  { revision, action, extra, documents }: GroupCommit,
): Promise<CommitOutcome[]> {
  const who = new Map<By, number>();
  const doc = new Column();
  const version = new Column();
  const whose = new Column();
  const proven = new Column();
  const relayed = new Column();
  const entry = new Column();
  const bytes = new Column();
  const start = new Column();
  const length = new Column();
  const sealed: Buffer[] = [];
  const total = new Column();
  let end = 1;
  for (const [index, { documentId, from, key, changes }] of documents.entries()) {
    let sum = 0;
    for (const [n, change] of changes.entries()) {
      const next = from + 1 + n;
      const body = seal(key, change.update, changeContext(documentId, next));
      sealed.push(body);
      doc.add(index + 1);
      version.add(next);
      whose.add(numberOf(who, change.by));
      proven.add(change.proven);
      relayed.add(change.relayed);
      entry.add(change.entryId);
      bytes.add(change.update.length);
      start.add(end);
      length.add(body.length);
      end += body.length;
      sum += change.update.length;
    }
    total.add(sum);
  }
  const people = [...who.keys()];
  const origins = await Promise.all(
    people.map(({ from }) => (from === null ? null : ledger.origins.of(from))),
  );
  const bindings = documents.flatMap(({ bindings }, index) =>
    bindings.map((binding) => ({ ...binding, doc: index + 1 })),
  );
  return sql.query<{ doc: number } & CommitOutcome>(statement, [
    revision,
    action,
    extra ? JSON.stringify(extra) : null,
    documents.map((d) => d.documentId),
    documents.map((d) => d.from),
    documents.map((d) => d.tip),
    documents.map((d) => d.changes.length),
    total.text,
    documents.map((d) => d.changes.at(-1)!.entryId),
    bindings.map((b) => b.doc),
    bindings.map((b) => b.clientId),
    bindings.map((b) => b.clock),
    bindings.map((b) => b.userId),
    people.map((by) => by.actorId),
    people.map((by) => by.sessionId),
    people.map((by) => by.requestId),
    origins.map((origin) => origin?.id ?? null),
    origins.map((origin) => origin?.commitment ?? null),
    doc.text,
    version.text,
    whose.text,
    proven.text,
    relayed.text,
    entry.text,
    bytes.text,
    start.text,
    length.text,
    Buffer.concat(sealed),
  ]);
}

/** What a sealed change is bound to: it opens only as this version of this document. */
export function changeContext(documentId: string, version: number): string {
  return `change:${documentId}:${version}`;
}

/** A Postgres array of numbers, booleans or ids, as text that is written while the values come: none of them needs quoting. */
class Column {
  #items = "";

  add(value: number | boolean | string): void {
    this.#items += this.#items === "" ? value : `,${value}`;
  }

  get text(): string {
    return `{${this.#items}}`;
  }
}

/** The place of a person in the list of those who changed something, counted from 1. */
function numberOf(who: Map<By, number>, by: By): number {
  const known = who.get(by);
  if (known !== undefined) return known;
  who.set(by, who.size + 1);
  return who.size;
}

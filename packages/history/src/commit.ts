import type { AuditAction } from "@onrecord/ledger/events";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import type { Sql } from "@onrecord/platform/database";
import { newId } from "@onrecord/platform/ids";
import { seal } from "@onrecord/platform/vault";

/** One effective change that waits to be committed. */
export interface NewChange {
  readonly by: By;
  readonly action: AuditAction & ("document.edited" | "document.imported" | "version.restored");
  /** Detail of the entry besides version and bytes. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Whose change it is; null where nobody could be proven. */
  readonly authorId: string | null;
  /** It came in an answer to a sync: its deletes may be anyone's. False when absent. */
  readonly relayed?: boolean;
  /** The effective change: a Yjs v1 update. */
  readonly update: Uint8Array;
}

/** From `clock` on, the structs of a clientID are this user's; null: carried by someone, and whose they are is not proven. */
export interface ClientBinding {
  readonly clientId: number;
  readonly clock: number;
  readonly userId: string | null;
}

/** The changes of one document in one group commit: they become the versions `from + 1` and on. */
export interface DocumentChanges {
  readonly documentId: string;
  readonly from: number;
  /** The document's data key. */
  readonly key: Buffer;
  readonly bindings: readonly ClientBinding[];
  readonly changes: readonly NewChange[];
}

/** What became of one document's changes. `head` is the committed head, or the new permission revision with REVISION. */
export interface CommitOutcome {
  readonly outcome: "COMMITTED" | "CONFLICT" | "CLIENT" | "GONE" | "REVISION";
  readonly head: number;
  readonly at: Date;
}

const statement = `select doc, outcome, head, at from documents.commit_changes(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`;

/**
 * Commits the changes of many documents with their audit entries, in one statement and so in one transaction.
 * `revision` is the permission revision that every decision behind them was made at; if it has moved on, nothing is kept.
 * The SQL side, with its locks and outcomes, is migration 007.
 */
export async function commitChanges(
  sql: Sql,
  ledger: Ledger,
  revision: number,
  documents: readonly DocumentChanges[],
): Promise<CommitOutcome[]> {
  const who = new Map<By, number>();
  for (const { changes } of documents)
    for (const { by } of changes) if (!who.has(by)) who.set(by, who.size + 1);
  const people = [...who.keys()];
  const origins = await Promise.all(
    people.map(({ from }) => (from === null ? null : ledger.origins.of(from))),
  );

  const bindings = documents.flatMap(({ bindings }, index) =>
    bindings.map((binding) => ({ ...binding, doc: index + 1 })),
  );
  const changes = documents.flatMap(({ documentId, from, key, changes }, index) =>
    changes.map((change, n) => ({
      ...change,
      doc: index + 1,
      sealed: seal(key, change.update, changeContext(documentId, from + 1 + n)),
    })),
  );
  const rows = await sql.query<{ doc: number; outcome: CommitOutcome["outcome"]; head: number; at: Date }>(
    statement,
    [
      revision,
      documents.map((d) => d.documentId),
      documents.map((d) => d.from),
      bindings.map((b) => b.doc),
      bindings.map((b) => b.clientId),
      bindings.map((b) => b.clock),
      bindings.map((b) => b.userId),
      people.map((by) => by.actorId),
      people.map((by) => by.sessionId),
      people.map((by) => by.requestId),
      origins.map((origin) => origin?.id ?? null),
      origins.map((origin) => origin?.commitment ?? null),
      changes.map((c) => c.doc),
      changes.map((c) => who.get(c.by)),
      changes.map(() => newId()),
      changes.map((c) => c.action),
      changes.map((c) => (c.extra ? JSON.stringify(c.extra) : null)),
      changes.map((c) => c.authorId),
      changes.map((c) => c.relayed ?? false),
      changes.map((c) => c.update.length),
      changes.map((c) => c.sealed.length),
      Buffer.concat(changes.map((c) => c.sealed)),
    ],
  );
  return rows.sort((a, b) => a.doc - b.doc);
}

/** What a sealed change is bound to: it opens only as this version of this document. */
export function changeContext(documentId: string, version: number): string {
  return `change:${documentId}:${version}`;
}

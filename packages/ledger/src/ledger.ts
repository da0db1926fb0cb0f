import type { Bus } from "@onrecord/bus/bus";
import { newId } from "@onrecord/core/ids";
import type { Database, Tx } from "@onrecord/postgres/database";
import type { ActorKind } from "./entry.js";
import { type AuditAction, type AuditEvents, type ObjectKind, outcomeOf } from "./events.js";
import { type ProvenanceFacts, Provenances } from "./provenance.js";

/** On whose account something happens: who, in which session and request, and from where. */
export interface By {
  readonly actorKind: ActorKind;
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  readonly from: ProvenanceFacts | null;
}

/** Something to put on the record. */
export interface NewEntry<A extends AuditAction = AuditAction> {
  readonly action: A;
  readonly by: By;
  readonly object: { readonly kind: ObjectKind; readonly id: string | null } | null;
  readonly detail: AuditEvents[A];
}

/** A transaction on somebody's account: everything that it puts on the record is theirs. */
export interface RecordedTx extends Tx {
  readonly by: By;
  /** Appends to the record and returns the entry's id. */
  append<A extends AuditAction>(entry: Omit<NewEntry<A>, "by">): Promise<string>;
}

/** The one who acts when nobody asked: the house itself. */
export function bySystem(requestId: string): By {
  return { actorKind: "SYSTEM", actorId: null, sessionId: null, requestId, from: null };
}

/** Appends to the record, always in the transaction of what it records. */
export class Ledger {
  readonly provenances: Provenances;

  constructor(
    private readonly db: Database,
    private readonly bus: Bus,
  ) {
    // Stored apart from the transaction that names it, on a connection that no transaction holds.
    this.provenances = new Provenances({
      query: async (text, values = []) => (await db.reserve.query(text, [...values])).rows,
    });
  }

  /**
   * Runs `work` in one transaction on the account of `by`. Where they come from is stored before it begins: inside, that would wait
   * for a second connection while holding one.
   */
  async transaction<T>(by: By, work: (tx: RecordedTx) => Promise<T>): Promise<T> {
    if (by.from !== null) await this.provenances.of(by.from);
    return this.db.transaction((tx) =>
      work({ ...tx, by, append: (entry) => this.append(tx, { ...entry, by }) }),
    );
  }

  /** Appends within `tx` and returns the entry's id; the hint goes out when `tx` commits. */
  async append<A extends AuditAction>(tx: Tx, entry: NewEntry<A>): Promise<string> {
    const id = newId();
    const origin = entry.by.from === null ? null : await this.provenances.of(entry.by.from);
    await tx.query(
      `insert into audit.entry (id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, decode($11, 'hex'), $12)`,
      [
        id,
        entry.action,
        entry.by.actorKind,
        entry.by.actorId,
        entry.by.sessionId,
        entry.by.requestId,
        entry.object?.kind ?? null,
        entry.object?.id ?? null,
        outcomeOf(entry.action),
        origin?.id ?? null,
        origin?.commitment ?? null,
        JSON.stringify(entry.detail),
      ],
    );
    tx.onCommit(() => this.bus.publish("entries.appended", { actions: [entry.action] }));
    return id;
  }

  /** Records something that changes nothing else (a denial, a read), in a transaction of its own. */
  record<A extends AuditAction>(entry: NewEntry<A>): Promise<string> {
    return this.transaction(entry.by, (tx) => this.append(tx, entry));
  }
}

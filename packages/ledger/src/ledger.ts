import type { Bus } from "@onrecord/bus/bus";
import { BatchQueue } from "@onrecord/core/batch-queue";
import { newId } from "@onrecord/core/ids";
import { Tally } from "@onrecord/core/tally";
import { within } from "@onrecord/core/within";
import type { Database, Tx } from "@onrecord/postgres/database";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import { Backlog, type Owed } from "./backlog.js";
import { type AuditAction, outcomeOf } from "./events/catalogue.js";
import type { By, NewEntry } from "./new-entry.js";
import { Provenances } from "./provenance.js";
import { type FoldedAction, Refusals } from "./refusals.js";
import { Sittings, type UncountedReads } from "./sittings.js";

export type { By, NewEntry };

/** A transaction on somebody's account: everything that it puts on the record is theirs. */
export interface RecordedTx extends Tx {
  readonly by: By;
  /** Appends to the record and returns the entry's id. */
  append<A extends AuditAction>(entry: Omit<NewEntry<A>, "by">): Promise<string>;
}

/** An entry with the id that it will have. */
interface Identified {
  readonly id: string;
  readonly entry: NewEntry;
  /** So many seconds after what it tells. */
  readonly late?: number;
}

/** Who is told of what the record could not be told. */
export interface LedgerHost {
  /** The count of refusals could not be written; it is tried again. */
  failed(error: unknown): void;
  /** An entry will not be on the record. */
  lost(owed: Owed): void;
  /** Reads within sittings that are on the record, which will not be counted there. */
  uncounted(reads: readonly UncountedReads[]): void;
}

const nobody: LedgerHost = { failed: () => undefined, lost: () => undefined, uncounted: () => undefined };

/** How long the last attempt to record what is owed may take when a process ends, in milliseconds. */
const LAST_ATTEMPT_MS = 5000;

/** The one who acts when nobody asked: Onrecord itself. */
export function bySystem(requestId: string): By {
  return { actorKind: "SYSTEM", actorId: null, sessionId: null, requestId, from: null };
}

/** Appends to the record, always in the transaction of what it records. */
export class Ledger implements AsyncDisposable {
  readonly provenances: Provenances;
  /** Reads that are folded. */
  readonly sittings: Sittings;
  /** Since start: entries by action, denials by action and first reason, transactions of entries alone that failed. */
  readonly counts = { entries: new Tally(), denials: new Tally(), failed: 0 };
  readonly #queue = new BatchQueue<Identified, string>((entries) => this.#recordAll(entries), isUnavailable);
  readonly #strangers: Refusals;
  readonly #backlog: Backlog;
  /** On their way for the first time, of those that are owed if they do not arrive. */
  readonly #underWay = new Set<Owed>();

  constructor(
    private readonly db: Database,
    private readonly bus: Bus,
    private readonly host: LedgerHost = nobody,
  ) {
    this.#strangers = new Refusals((entry) => this.#recordOwed(entry), host.failed);
    this.#backlog = new Backlog({
      record: async (owed) => void (await this.#recordAll(owed.map(late), true)),
      isPassing: isUnavailable,
      lost: (owed) => host.lost(owed),
    });
    // Stored apart from the transaction that names it, on a connection that no transaction holds.
    this.provenances = new Provenances({
      query: async (text, values = []) =>
        db.traced(text, async () => (await db.reserve.query(text, [...values])).rows),
    });
    this.sittings = new Sittings(db, bus, this.provenances);
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
    this.#countDenial(entry);
    await this.#appendAll(tx, [{ id, entry }]);
    return id;
  }

  /**
   * Records something that changes nothing else (a denial, a read), in a transaction of its own, or one with others that come at the same
   * time. Resolves with the entry's id when it is committed.
   */
  async record<A extends AuditAction>(entry: NewEntry<A>): Promise<string> {
    this.#countDenial(entry);
    return this.#queue.add({ id: newId(), entry });
  }

  /**
   * Records what has happened and cannot be taken back any more: a socket that closed, a message that was refused. Where the database is
   * away, that is owed: recorded later, with `late` in its detail, or told (`LedgerHost.lost`) when the process ends before. Resolves when
   * it is on the record, or owed.
   */
  recordLater<A extends AuditAction>(entry: NewEntry<A>): Promise<void> {
    this.#countDenial(entry);
    return this.#recordOwed(entry);
  }

  async #recordOwed<A extends AuditAction>(entry: NewEntry<A>): Promise<void> {
    const owed: Owed = { id: newId(), entry: entry as NewEntry, since: Date.now() };
    this.#underWay.add(owed);
    try {
      await this.#queue.add(owed);
    } catch (error) {
      // Told already: the process did not wait any more.
      if (!this.#underWay.has(owed)) return;
      if (!isUnavailable(error)) throw error;
      this.#backlog.add(owed);
    } finally {
      this.#underWay.delete(owed);
    }
  }

  /** How many entries are owed. */
  get owed(): number {
    return this.#backlog.size;
  }

  /** Entries that wait to be committed, and how long the oldest has, in milliseconds. */
  get waiting(): number {
    return this.#queue.size;
  }

  get waitingMs(): number {
    return this.#queue.waitingMs;
  }

  /**
   * Records a refusal. Whoever is proven answers for each; those of strangers are folded (see `Refusals`), so that nobody
   * writes the record full with made-up names and tokens.
   */
  async refuse<A extends FoldedAction>(entry: NewEntry<A>): Promise<void> {
    this.#countDenial(entry);
    if (entry.by.actorId === null) await this.#strangers.add(entry as NewEntry<FoldedAction>);
    else await this.#recordOwed(entry);
  }

  /** Writes what is counted or owed and not yet on the record, as far as the database is there; tells of the rest. Before a process ends. */
  async settle(): Promise<void> {
    const written = async () => {
      await Promise.all([this.#strangers.end(), this.sittings.flush()]);
      await this.#backlog.flush();
    };
    await within(LAST_ATTEMPT_MS, written());
    this.tellUnrecorded();
  }

  /** Tells of all that was to be recorded and is not, or perhaps not. */
  tellUnrecorded(): void {
    const since = Date.now();
    this.#backlog.giveUp();
    for (const owed of this.#underWay) this.host.lost(owed);
    this.#underWay.clear();
    for (const entry of this.#strangers.giveUp()) this.host.lost({ id: newId(), entry, since });
    const reads = this.sittings.giveUp();
    if (reads.length > 0) this.host.uncounted(reads);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.settle();
  }

  /** `again`: some of them may be there already, of an attempt that was not answered. */
  async #recordAll(entries: readonly Identified[], again = false): Promise<string[]> {
    // Stored before a connection is held: transactions that each wait for a second one would wait for each other.
    await Promise.all(entries.map(({ entry: { by } }) => by.from && this.provenances.of(by.from)));
    try {
      await this.db.transaction((tx) => this.#appendAll(tx, entries, again));
    } catch (error) {
      this.counts.failed++;
      throw error;
    }
    return entries.map(({ id }) => id);
  }

  /** Counted when it is denied, whether or not it can be recorded then. */
  #countDenial({ action, detail }: NewEntry): void {
    if (outcomeOf(action) === "DENIED") this.counts.denials.add([action, reasonOf(detail)]);
  }

  async #appendAll(tx: Tx, entries: readonly Identified[], again = false): Promise<void> {
    const columns: unknown[][] = Array.from({ length: 12 }, () => []);
    for (const { id, entry, late = 0 } of entries) {
      const { action, by, object, detail } = entry;
      const origin = by.from === null ? null : await this.provenances.of(by.from);
      const row = [
        id,
        action,
        by.actorKind,
        by.actorId,
        by.sessionId,
        by.requestId,
        object?.kind ?? null,
        object?.id ?? null,
        outcomeOf(action),
        origin?.id ?? null,
        origin?.commitment ?? null,
        JSON.stringify(late > 0 ? { ...detail, late } : detail),
      ];
      for (const [index, value] of row.entries()) columns[index]!.push(value);
    }
    await tx.query(
      `insert into audit.entry (id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail)
       select id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, decode(commitment, 'hex'), detail::jsonb
       from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::uuid[], $11::text[], $12::text[])
         with ordinality e (id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, commitment, detail, ord)
       order by ord ${again ? "on conflict do nothing" : ""}`,
      columns,
    );
    const actions = [...new Set(entries.map(({ entry }) => entry.action))];
    tx.onCommit(() => {
      for (const { entry } of entries) this.counts.entries.add([entry.action]);
      this.bus.publish("entries.appended", { actions });
    });
  }
}

/** An entry that is recorded after what it tells has happened says how many seconds after. */
function late({ id, entry, since }: Owed): Identified {
  return { id, entry, late: Math.round((Date.now() - since) / 1000) };
}

/** Why something was denied: a code or a sentence of ours, never the words of a client. */
function reasonOf(detail: NewEntry["detail"]): string {
  const { reason, reasons } = detail as { reason?: unknown; reasons?: readonly unknown[] };
  const given = reason ?? reasons?.[0];
  return typeof given === "string" && /^[\w .:,;'-]{1,80}$/.test(given) ? given : "unnamed";
}

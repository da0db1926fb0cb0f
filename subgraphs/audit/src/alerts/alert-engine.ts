import type { EntityManager } from "@mikro-orm/postgresql";
import type { AppContext } from "@onrecord/context/context";
import { type PlacedEntry, type Position, start } from "@onrecord/ledger/read";
import { newest, readAfter } from "@onrecord/ledger/tail";
import type { Sql, Tx } from "@onrecord/postgres/database";
import { type Orm, unitOfWork } from "@onrecord/postgres/orm";
import { comparePositions } from "../entries/entry-cursor.js";
import { isSettled } from "../entries/is-settled.js";
import { type Again, Pump } from "../live/pump.js";
import { recentInRecord } from "../rules/recent-in-record.js";
import { rules, watchedActions } from "../rules/rules.js";
import { nextAlertTime, raise } from "./raise.js";

const READER = "alerts";
const BATCH = 200;
/** How soon to look again for what is committed but may still be overtaken, or what another node is at. */
const SOON_MS = 10;

/**
 * Reads the record behind everybody's back and raises alerts. Every node may run one: the reader's row lets one work at a time,
 * and keeps how far the record has been read in the same transaction as the alerts, so that none is missed and none made twice.
 */
export class AlertEngine implements AsyncDisposable {
  readonly #pump: Pump;
  readonly #unsubscribe: (() => void)[] = [];

  constructor(
    private readonly context: Pick<AppContext, "db" | "bus" | "log">,
    private readonly orm: Orm,
  ) {
    this.#pump = new Pump(() => this.#look(), { name: READER, log: context.log });
  }

  async start(): Promise<void> {
    const { bus, db } = this.context;
    await db.query(
      "insert into audit.reader (name, txid, entry_id) values ($1, $2::text::xid8, $3) on conflict (name) do nothing",
      [READER, start.txid, start.entryId],
    );
    this.#unsubscribe.push(
      bus.subscribe("entries.appended", ({ actions }) => {
        if (actions.some((action) => watchedActions.includes(action))) this.#pump.wake();
      }),
      bus.onGap(() => this.#pump.wake()),
    );
    this.#pump.start();
  }

  async #look(): Promise<Again> {
    const { db } = this.context;
    // Before reading: what is let go in between was either read, or makes this look again.
    const settled = await isSettled(db, watchedActions);
    // Without a lock first: a quiet record costs one small read a second, and no write.
    const position = await readPosition(db, "");
    if (position && (await readAfter(db, position, 1)).length > 0) {
      const full = await db.transaction((tx) => this.#advance(tx));
      if (full === undefined) return SOON_MS;
      if (full) return 0;
    }
    return settled ? undefined : SOON_MS;
  }

  /** Reads one batch in one transaction. Returns whether it was full; undefined: another node is at it. */
  async #advance(tx: Tx): Promise<boolean | undefined> {
    const position = await readPosition(tx, "for update skip locked");
    if (position === undefined) return undefined;
    // Before the entries: they then reach at least this far, and what no rule wants is passed over.
    const end = await newest(tx);
    const entries = await readAfter(tx, position, BATCH, watchedActions);
    const at = await nextAlertTime(tx);
    const em = unitOfWork(this.orm.em(), tx);
    for (const entry of entries) await this.#judge(tx, em, entry, at);
    const last = entries.at(-1);
    const full = entries.length === BATCH;
    const seen: Position = last ? { txid: last.txid, entryId: last.id } : end;
    const reached = full || comparePositions(seen, end) > 0 ? seen : end;
    await tx.query("update audit.reader set txid = $2::text::xid8, entry_id = $3 where name = $1", [
      READER,
      reached.txid,
      reached.entryId,
    ]);
    return full;
  }

  async #judge(tx: Tx, em: EntityManager, entry: PlacedEntry, at: Date): Promise<void> {
    const { bus } = this.context;
    const recent = recentInRecord(tx);
    for (const rule of rules) {
      const wanted = rule.actions.some((action) => action === entry.action);
      if (!wanted || !(await rule.matches(entry, recent))) continue;
      const alertId = await raise(em, { rule, entry, at });
      if (alertId !== null) tx.onCommit(() => bus.publish("alert.changed", { alertId }));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#pump[Symbol.asyncDispose]();
  }
}

async function readPosition(sql: Sql, lock: "" | "for update skip locked"): Promise<Position | undefined> {
  const [row] = await sql.query<Position>(
    `select txid::text as txid, entry_id as "entryId" from audit.reader where name = $1 ${lock}`,
    [READER],
  );
  return row;
}

import type { EntityManager } from "@mikro-orm/postgresql";
import type { AppContext } from "@onrecord/context/context";
import { type Again, Pump } from "@onrecord/ledger/pump";
import { comparePositions, type PlacedEntry, type Position, start } from "@onrecord/ledger/read";
import { newest, readAfter } from "@onrecord/ledger/tail";
import type { Sql, Tx } from "@onrecord/postgres/database";
import { type Orm, unitOfWork } from "@onrecord/postgres/orm";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import { type Lag, lagOf } from "@onrecord/telemetry/lag";
import { observeGauge } from "@onrecord/telemetry/observed";
import { nextAlertTime, raise } from "./raise.js";
import { MALFORMED } from "./rules/malformed.js";
import { recentInRecord } from "./rules/recent-in-record.js";
import type { Recent, Rule } from "./rules/rule.js";
import { rules, watchedActions } from "./rules/rules.js";

const READER = "alerts";
const BATCH = 200;
/** How soon to look again for what is committed but may still be overtaken, or what another node is at. */
const SOON_MS = 10;
/** The reader's row is moved this often past what no rule wants: whoever starts reads again from there. */
const KEEP_EVERY_MS = 60_000;
/** What failed so often at one entry is passed over, and told as an entry that nobody here wrote. */
const TRIES = 3;
/** How long the engine rests when nobody wakes it. */
const IDLE_MS = 30_000;
const last = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * Reads the record behind everybody's back and raises alerts. Every node may run one: the reader's row lets one work at a time,
 * and keeps how far the record has been read in the same transaction as the alerts, so that none is missed and none made twice.
 */
export class AlertEngine implements AsyncDisposable {
  readonly #pump: Pump;
  readonly #lag: Lag;
  /** When the last look that succeeded ended. */
  #lookedAt = performance.now();
  readonly #unsubscribe: (() => void)[] = [];
  /** Up to here nothing is wanted by any rule, as this node has seen. */
  #clear: Position = start;
  #kept = performance.now();
  /** How often which rule failed at which entry of the batch that is being read. */
  readonly #failed = new Map<string, number>();

  constructor(
    private readonly context: Pick<AppContext, "db" | "bus" | "log" | "rights" | "metrics">,
    private readonly orm: Orm,
  ) {
    this.#pump = new Pump(() => this.#look(), { name: READER, log: context.log, idleMs: IDLE_MS });
    const { metrics, rights } = context;
    this.#lag = lagOf(
      metrics,
      {
        name: "onrecord_alert_lag_seconds",
        help: "time from an entry to its being held against the rules, of entries that a rule may want",
        reader: READER,
      },
      () => rights.clock.now(),
    );
    observeGauge(metrics, {
      name: "onrecord_alert_look_age_seconds",
      help: "time since the record was last looked at for alerts; where nothing happens that is each half a minute",
      read: () => (performance.now() - this.#lookedAt) / 1000,
    });
  }

  async start(): Promise<void> {
    const { bus, db, rights } = this.context;
    await db.query(
      "insert into audit.reader (name, txid, entry_id) values ($1, $2::text::xid8, $3) on conflict (name) do nothing",
      [READER, start.txid, start.entryId],
    );
    this.#unsubscribe.push(
      bus.subscribe("entries.appended", ({ actions }) => {
        if (actions.some((action) => watchedActions.includes(action))) this.#pump.wake();
      }),
      bus.onGap(() => this.#pump.wake()),
      rights.onCommits(() => this.#pump.wake()),
    );
    this.#pump.start();
  }

  async #look(): Promise<Again> {
    const again = await this.#lookOn();
    this.#lookedAt = performance.now();
    return again;
  }

  /** One small read while there is nothing that a rule wants; a transaction only when there is. */
  async #lookOn(): Promise<Again> {
    const { db } = this.context;
    const { wanted, horizon } = await lookAfter(db, this.#clear);
    const isOld = performance.now() - this.#kept > KEEP_EVERY_MS;
    if (!wanted) this.#clear = { txid: horizon, entryId: last };
    if (!wanted && !isOld) return undefined;
    const full = await db.transaction((tx) => this.#advance(tx));
    if (full === undefined) return SOON_MS;
    this.#kept = performance.now();
    // What was wanted may be behind the horizon still.
    return full ? 0 : wanted ? SOON_MS : undefined;
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
    const recent = recentInRecord(tx);
    for (const entry of entries) await this.#judge(tx, em, entry, at, recent);
    tx.onCommit(() => {
      this.#failed.clear();
      for (const { at: written } of entries) {
        const at = Date.parse(written);
        if (Number.isFinite(at)) this.#lag.seen(at);
      }
    });
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

  async #judge(tx: Tx, em: EntityManager, entry: PlacedEntry, at: Date, recent: Recent): Promise<void> {
    const { bus } = this.context;
    let passedOver = false;
    for (const rule of rules) {
      if (!rule.actions.some((action) => action === entry.action)) continue;
      const matches = await this.#matches(rule, entry, recent);
      if (matches === undefined) passedOver = true;
      if (!(matches || (passedOver && rule.id === MALFORMED))) continue;
      const alertId = await raise(em, { rule, entry, at });
      if (alertId !== null) tx.onCommit(() => bus.publish("alert.changed", { alertId }));
    }
  }

  /** Whether a rule speaks of an entry; undefined: it fails at it, and one entry must not keep all that follow from being read. */
  async #matches(rule: Rule, entry: PlacedEntry, recent: Recent): Promise<boolean | undefined> {
    const which = `${rule.id} ${entry.id}`;
    const failed = this.#failed.get(which) ?? 0;
    if (failed >= TRIES) return undefined;
    try {
      return await rule.matches(entry, recent);
    } catch (err) {
      if (!isUnavailable(err)) {
        this.#failed.set(which, failed + 1);
        const { log } = this.context;
        log.error(
          { err, rule: rule.id, entry: entry.id },
          "a rule fails at an entry, which may have been tampered with",
        );
      }
      throw err;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#pump[Symbol.asyncDispose]();
  }
}

/**
 * Whether something that a rule wants is committed after what was read, and after `clear`; and what was the newest transaction then
 * that could no longer be overtaken. All in one snapshot: nothing but what it sees can ever appear up to that horizon.
 */
async function lookAfter(sql: Sql, clear: Position): Promise<{ wanted: boolean; horizon: string }> {
  const [look] = await sql.query<{ wanted: boolean; horizon: string }>(
    `select
       (audit.horizon()::text::numeric - 1)::text as horizon,
       exists (
         select from audit.entry e
         where (e.txid, e.id) > (greatest(r.txid, $2::text::xid8), case when r.txid >= $2::text::xid8 then r.entry_id else $3::uuid end)
           -- What cannot be yet (a record copied here by other means than a restore) would be looked for without end.
           and e.txid < audit.frontier()
           and e.action = any ($4)
       ) as wanted
     from audit.reader r where r.name = $1`,
    [READER, clear.txid, clear.entryId, watchedActions],
  );
  return look ?? { wanted: false, horizon: clear.txid };
}

async function readPosition(sql: Sql, lock: "" | "for update skip locked"): Promise<Position | undefined> {
  const [row] = await sql.query<Position>(
    `select txid::text as txid, entry_id as "entryId" from audit.reader where name = $1 ${lock}`,
    [READER],
  );
  return row;
}

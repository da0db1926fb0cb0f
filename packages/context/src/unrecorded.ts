import type { Logger } from "@onrecord/core/log";
import { described, type Owed } from "@onrecord/ledger/backlog";
import type { Ledger, LedgerHost } from "@onrecord/ledger/ledger";
import type { UncountedReads } from "@onrecord/ledger/sittings";
import { Counter, Gauge, type Registry } from "prom-client";

/** What should be on the record and is not: counted, and each told in the log once it will not be. */
export class Unrecorded implements LedgerHost {
  readonly #ledgers = new Set<Ledger>();
  readonly #lost: Counter;
  /** Entries and counts of reads that will not be on the record, since start. */
  total = 0;

  constructor(
    private readonly log: Logger,
    metrics: Registry,
  ) {
    const ledgers = this.#ledgers;
    new Gauge({
      name: "onrecord_record_owed",
      help: "entries that could not be recorded when they should have been, and will be once the database is back",
      registers: [metrics],
      collect() {
        this.set([...ledgers].reduce((sum, { owed }) => sum + owed, 0));
      },
    });
    this.#lost = new Counter({
      name: "onrecord_record_lost_total",
      help: "entries that will not be on the record, each told in the log",
      labelNames: ["action"],
      registers: [metrics],
    });
  }

  watch(ledger: Ledger): Ledger {
    this.#ledgers.add(ledger);
    return ledger;
  }

  failed(err: unknown): void {
    this.log.warn({ err }, "refusals could not be recorded and are kept");
  }

  lost(owed: Owed): void {
    this.total++;
    this.#lost.inc({ action: owed.entry.action });
    this.log.error({ entry: described(owed) }, "an entry is not on the record");
  }

  uncounted(reads: readonly UncountedReads[]): void {
    for (const { action, times } of reads) {
      this.total += times;
      this.#lost.inc({ action }, times);
    }
    this.log.error({ reads }, "reads within sittings on the record are not counted there");
  }

  tell(): void {
    for (const ledger of this.#ledgers) ledger.tellUnrecorded();
  }
}

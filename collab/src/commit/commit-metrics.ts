import type { CommitOutcome } from "@onrecord/history/store/commit";
import { observeGauge, observeTotal } from "@onrecord/telemetry/observed";
import { Histogram, type Registry } from "prom-client";

/** What a commit under way is measured by. */
export interface Measured {
  /** When it was sent. */
  readonly since: number;
}

/** Measures group commits. */
export class CommitMetrics {
  readonly #seconds: Histogram;
  readonly #changes: Histogram;
  #failed = 0;
  readonly #outcomes: Record<CommitOutcome["outcome"], number> = {
    COMMITTED: 0,
    CONFLICT: 0,
    CLIENT: 0,
    GONE: 0,
    VOID: 0,
  };

  /** `underWay`: the statements that were sent and have not ended, the oldest first. */
  constructor(registry: Registry, underWay: () => readonly Measured[]) {
    this.#seconds = new Histogram({
      name: "onrecord_commit_seconds",
      help: "duration of a group commit",
      registers: [registry],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
    });
    this.#changes = new Histogram({
      name: "onrecord_commit_changes",
      help: "changes in a group commit",
      registers: [registry],
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    });
    observeTotal(registry, {
      name: "onrecord_commit_failures_total",
      help: "group commits that failed; what was not kept is tried again, or editors come back with it",
      read: () => this.#failed,
    });
    observeTotal(registry, {
      name: "onrecord_commit_documents_total",
      help: "documents in group commits, by what became of their changes; all but COMMITTED and GONE are tried again",
      labels: ["outcome"],
      read: () => Object.entries(this.#outcomes).map(([outcome, count]) => [{ outcome }, count] as const),
    });
    observeGauge(registry, {
      name: "onrecord_commit_age_seconds",
      help: "how long the oldest group commit under way has been: what grows is stuck",
      read: () => {
        const [oldest] = underWay();
        return oldest === undefined ? 0 : (performance.now() - oldest.since) / 1000;
      },
    });
  }

  sent(changes: number): void {
    this.#changes.observe(changes);
  }

  /** A commit has ended; null: it failed. */
  ended({ since }: Measured, outcomes: readonly CommitOutcome[] | null): void {
    this.#seconds.observe((performance.now() - since) / 1000);
    if (outcomes === null) this.#failed++;
    else for (const { outcome } of outcomes) this.#outcomes[outcome]++;
  }
}

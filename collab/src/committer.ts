import { type CommitOutcome, commitChanges, type DocumentChanges } from "@onrecord/history/commit";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Database, Sql } from "@onrecord/platform/database";
import type { Logger } from "@onrecord/platform/log";
import { Histogram, type Registry } from "prom-client";
import { closeCode } from "./protocol.js";
import type { Room } from "./room.js";

/** What the committer needs of its node. */
export interface CommitterHost {
  readonly log: Logger;
  /** The permission revision at which every open connection was decided on. */
  revision(): number;
  /** Decides on every connection again; resolves at the new revision. */
  refresh(): Promise<void>;
  committed(documentId: string, version: number): void;
  evict(room: Room, code: typeof closeCode.tryLater, reason: string): void;
}

/** Bytes of changes in one statement: the rest waits for the next. */
const BATCH_BYTES = 8 * 1024 * 1024;

/**
 * The group commit of a node. While one statement is under way, the changes of all rooms gather for the next: the busier
 * the node, the larger the batch, and a lone change waits for nothing but its own commit.
 */
export class Committer {
  readonly #dirty = new Set<Room>();
  #running: Promise<void> | undefined;
  readonly #seconds: Histogram;
  readonly #changes: Histogram;
  readonly #sql: Sql;

  constructor(
    db: Database,
    private readonly ledger: Ledger,
    private readonly host: CommitterHost,
    metrics: Registry,
  ) {
    // The name makes it a prepared statement on each connection of the pool.
    this.#sql = {
      query: async (text, values = []) =>
        (await db.pool.query({ name: "commit_changes", text, values: [...values] })).rows,
    };
    this.#seconds = new Histogram({
      name: "onrecord_commit_seconds",
      help: "duration of a group commit",
      registers: [metrics],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1],
    });
    this.#changes = new Histogram({
      name: "onrecord_commit_changes",
      help: "changes in a group commit",
      registers: [metrics],
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    });
  }

  schedule(room: Room): void {
    this.#dirty.add(room);
    this.#running ??= this.#run();
  }

  /** Resolves when everything scheduled so far is settled. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // The rest of this turn's messages join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#dirty.size > 0) {
      const rooms: Room[] = [];
      const parts: DocumentChanges[] = [];
      let bytes = 0;
      for (const room of this.#dirty) {
        if (bytes > BATCH_BYTES) break;
        this.#dirty.delete(room);
        const part = room.take();
        if (part === null) continue;
        rooms.push(room);
        parts.push(part);
        for (const { update } of part.changes) bytes += update.length;
      }
      if (parts.length > 0) await this.#commit(rooms, parts);
    }
    this.#running = undefined;
  }

  async #commit(rooms: readonly Room[], parts: readonly DocumentChanges[]): Promise<void> {
    const end = this.#seconds.startTimer();
    let outcomes: CommitOutcome[];
    try {
      outcomes = await commitChanges(this.#sql, this.ledger, this.host.revision(), parts);
      if (outcomes[0]?.outcome === "REVISION") await this.host.refresh();
    } catch (err) {
      // Whether it was kept is not known: the clients come back and are told from the table.
      this.host.log.error(
        { err, documents: parts.map(({ documentId }) => documentId) },
        "a group commit failed",
      );
      for (const room of rooms)
        this.host.evict(room, closeCode.tryLater, "the change could not be committed");
      return;
    } finally {
      end();
      this.#changes.observe(parts.reduce((sum, { changes }) => sum + changes.length, 0));
    }
    for (const [index, room] of rooms.entries()) {
      const outcome = outcomes[index]!;
      room.settle(outcome);
      if (outcome.outcome === "COMMITTED") this.host.committed(room.documentId, outcome.head);
    }
  }
}

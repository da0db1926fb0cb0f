import type { Logger } from "@onrecord/core/log";
import { onAccountOf, SYSTEM } from "@onrecord/core/owner";
import type { Database } from "@onrecord/postgres/database";
import { type Asked, letGo, type Standing, stand, storedRights } from "./stand.js";

/** Rights that nobody holds any more are taken away together. */
const GATHER_MS = 20;
/** How often leftovers of nodes that died are swept up. */
const SWEEP_MS = 10 * 60_000;

/** This node's rows of `permissions.live_right`. */
export class RightRows {
  #gone: string[] = [];
  #letting: NodeJS.Timeout | undefined;
  /** Moves whenever rows begin or end being written: a count of rows that was read meanwhile means nothing. */
  #writes = 0;
  #writing = 0;
  #swept = performance.now();
  #closed = false;

  constructor(
    private readonly db: Database,
    private readonly nodeId: string,
    private readonly log: Logger,
  ) {}

  /** Names what is stored; below 0 while that changes. */
  get epoch(): number {
    return this.#writing === 0 ? this.#writes : -1;
  }

  /** How many are about to be taken away. */
  get going(): number {
    return this.#gone.length;
  }

  stand(asked: readonly Asked[]): Promise<Map<string, Standing>> {
    return this.#write(() => stand(this.db, this.nodeId, asked));
  }

  stored(): Promise<Set<string>> {
    return storedRights(this.db, this.nodeId);
  }

  /** Takes a row away, with others that go at the same time. */
  letGo(id: string): void {
    if (this.#closed) return;
    this.#gone.push(id);
    this.#letting ??= setTimeout(() => {
      this.#letting = undefined;
      const ids = this.#gone;
      this.#gone = [];
      void this.#write(() => onAccountOf(SYSTEM, () => letGo(this.db, ids))).catch((err: unknown) => {
        // They are swept up once they have ended by time.
        this.log.warn({ err }, "rights could not be given back");
      });
    }, GATHER_MS).unref();
  }

  /** Takes away, now and then, what nodes left behind that died. */
  sweep(): void {
    if (performance.now() - this.#swept < SWEEP_MS) return;
    this.#swept = performance.now();
    this.db
      .query("delete from permissions.live_right where until < clock_timestamp() - interval '1 minute'")
      .catch((err: unknown) => this.log.warn({ err }, "ended rights could not be swept up"));
  }

  /** Takes all away: this node ends. */
  async clear(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#letting);
    await this.db
      .query("delete from permissions.live_right where node_id = $1", [this.nodeId])
      .catch(() => undefined);
  }

  async #write<T>(write: () => Promise<T>): Promise<T> {
    this.#writes++;
    this.#writing++;
    try {
      return await write();
    } finally {
      this.#writes++;
      this.#writing--;
    }
  }
}

import type { Logger } from "@onrecord/core/log";
import { type Again, Pump } from "@onrecord/ledger/pump";

/** A table that only grows, in an order in which nothing appears before what was read. */
export interface Source<Item, Position> {
  readonly name: string;
  newest(): Promise<Position>;
  /** At most `limit` items after a position, in order. */
  read(after: Position, limit: number): Promise<Item[]>;
  positionOf(item: Item): Position;
  compare(a: Position, b: Position): number;
  /** Whether nothing that is committed is still held back. */
  settled(): Promise<boolean>;
  /** The permission revision that is committed now. */
  revision(): Promise<number>;
}

/** Items in order with the permission revision committed after they were read; also without items, to decide again. */
export interface Batch<Item> {
  readonly items: readonly Item[];
  readonly revision: number;
}

const PAGE = 500;
const KEPT = 2000;
/** How soon to look again for what is committed but may still be overtaken. */
const HELD_BACK_MS = 10;

/**
 * Reads a source once for everybody who follows it in this process. Followers pull: nothing is queued for them. Whoever falls
 * behind what is kept reads on from the table until caught up. Nobody following, nothing is read.
 */
export class Feed<Item, Position> implements AsyncDisposable {
  /** The newest known permission revision. */
  revision = 0;
  readonly #pump: Pump;
  readonly #closing = new AbortController();
  #followers = 0;
  #kept: Item[] = [];
  /** Everything kept lies after `#from`, and ends at `#to`; both are set while there are followers. */
  #from: Position | undefined;
  #to: Position | undefined;
  #news = Promise.withResolvers<void>();
  #told = 0;

  constructor(
    private readonly source: Source<Item, Position>,
    log: Logger,
    /** Told of each item when it was read. */
    private readonly seen: (item: Item) => void = () => undefined,
  ) {
    this.#pump = new Pump(() => this.#advance(), { name: source.name, log });
  }

  /** Something may have been written, or permissions may have changed. */
  wake(): void {
    if (this.#followers > 0) this.#pump.wake();
  }

  newest(): Promise<Position> {
    return this.source.newest();
  }

  /** Everything after a position, for ever, until the signal. Yields at least every second or so. */
  async *follow(after: Position, signal: AbortSignal): AsyncGenerator<Batch<Item>, void, void> {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const stop = Promise.withResolvers<void>();
    ended.addEventListener("abort", () => stop.resolve(), { once: true });
    let position = after;
    this.#followers++;
    this.#pump.start();
    this.#pump.wake();
    try {
      while (!ended.aborted) {
        // Taken before reading, so that news during the reading are not slept through.
        const news = this.#news.promise;
        const batch = await this.#batchAfter(position);
        const last = batch.items.at(-1);
        if (last !== undefined) position = this.source.positionOf(last);
        yield batch;
        if (last === undefined) await Promise.race([news, stop.promise]);
      }
    } finally {
      this.#followers--;
      if (this.#followers === 0) this.#forget();
    }
  }

  async #batchAfter(position: Position): Promise<Batch<Item>> {
    const { compare, positionOf } = this.source;
    if (this.#from === undefined || compare(position, this.#from) < 0) {
      const items = await this.source.read(position, PAGE);
      return { items, revision: await this.source.revision() };
    }
    let start = this.#kept.length;
    while (start > 0 && compare(positionOf(this.#kept[start - 1]!), position) > 0) start--;
    return { items: this.#kept.slice(start, start + PAGE), revision: this.revision };
  }

  /** One look at the table for everybody. */
  async #advance(): Promise<Again> {
    if (this.#followers === 0) return undefined;
    if (this.#to === undefined) {
      this.#to = await this.source.newest();
      this.#from = this.#to;
    }
    const to = this.#to;
    // Before reading: what is let go in between was either read, or makes this look again.
    const settled = await this.source.settled();
    const items = await this.source.read(to, PAGE);
    // After the items: whatever was changed before one of them was written is seen here.
    const revision = await this.source.revision();
    // Everybody left meanwhile: what was read has no place any more.
    if (this.#to !== to) return 0;
    this.#keep(items);
    this.#tell(items.length > 0 || revision !== this.revision, revision);
    if (items.length === PAGE) return 0;
    return settled ? undefined : HELD_BACK_MS;
  }

  /** Wakes the followers for news, and otherwise once a second: what ends by the clock must be noticed too. */
  #tell(news: boolean, revision: number): void {
    this.revision = revision;
    const now = performance.now();
    if (!news && now - this.#told < 900) return;
    this.#told = now;
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #keep(items: readonly Item[]): void {
    const last = items.at(-1);
    if (last === undefined) return;
    for (const item of items) this.seen(item);
    this.#kept.push(...items);
    this.#to = this.source.positionOf(last);
    const dropped = this.#kept.splice(0, Math.max(0, this.#kept.length - KEPT)).at(-1);
    if (dropped !== undefined) this.#from = this.source.positionOf(dropped);
  }

  #forget(): void {
    this.#kept = [];
    this.#from = undefined;
    this.#to = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#pump[Symbol.asyncDispose]();
  }
}

import { isUnavailable } from "@onrecord/postgres/unavailable";

/** Entries in one transaction at most. */
const TOGETHER = 500;

interface Waiting<Item> {
  readonly item: Item;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Commits together what comes at about the same time. One commit is under way at a time; what comes meanwhile is the next: when a thousand
 * sockets close at once, that is a handful of transactions, and a lone item waits for nothing but its own. Where a commit fails, its items
 * are tried one by one, so that each is told of its own fault alone; not where the database is away, which is the fault of none.
 */
export class RecordQueue<Item> {
  #waiting: Waiting<Item>[] = [];
  #running = false;

  constructor(private readonly commit: (items: readonly Item[]) => Promise<void>) {}

  /** Resolves when the item is committed. */
  add(item: Item): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ item, done });
    if (!this.#running) {
      this.#running = true;
      setImmediate(() => void this.#run());
    }
    return done.promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, TOGETHER);
      try {
        await this.commit(batch.map(({ item }) => item));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        if (batch.length === 1 || isUnavailable(error)) for (const { done } of batch) done.reject(error);
        else for (const waiting of batch) await this.#alone(waiting);
      }
    }
    this.#running = false;
  }

  async #alone({ item, done }: Waiting<Item>): Promise<void> {
    await this.commit([item]).then(done.resolve, done.reject);
  }
}

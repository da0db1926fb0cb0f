/** Entries in one transaction at most. */
const TOGETHER = 500;

interface Waiting<Item> {
  readonly item: Item;
  readonly done: PromiseWithResolvers<void>;
  readonly since: number;
}

/**
 * Commits together what comes at about the same time. One commit is under way at a time; what comes meanwhile is the next: when a thousand
 * sockets close at once, that is a handful of transactions, and a lone item waits for nothing but its own. Where a commit fails, its items
 * are tried one by one, so that each is told of its own fault alone.
 */
export class RecordQueue<Item> {
  #waiting: Waiting<Item>[] = [];
  /** Being committed. */
  #underWay: readonly Waiting<Item>[] = [];
  #running = false;

  constructor(private readonly commit: (items: readonly Item[]) => Promise<void>) {}

  /** Items that are not committed yet. */
  get size(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  /** How long the oldest of them has waited, in milliseconds. */
  get waitingMs(): number {
    const [oldest = this.#waiting[0]] = this.#underWay;
    return oldest === undefined ? 0 : performance.now() - oldest.since;
  }

  /** Resolves when the item is committed. */
  add(item: Item): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ item, done, since: performance.now() });
    if (!this.#running) {
      this.#running = true;
      setImmediate(() => void this.#run());
    }
    return done.promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, TOGETHER);
      this.#underWay = batch;
      try {
        await this.commit(batch.map(({ item }) => item));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        if (batch.length === 1) batch[0]!.done.reject(error);
        else for (const waiting of batch) await this.#alone(waiting);
      }
    }
    this.#underWay = [];
    this.#running = false;
  }

  async #alone({ item, done }: Waiting<Item>): Promise<void> {
    await this.commit([item]).then(done.resolve, done.reject);
  }
}

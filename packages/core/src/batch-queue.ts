import { onAccountOf, SYSTEM } from "./owner.js";

/** Items in one batch at most. */
const TOGETHER = 500;
/** So many of them are told in one turn of the event loop: what each goes on with, up to an answer, would all be done in that turn. */
const TOLD = 16;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly done: PromiseWithResolvers<Result>;
  readonly since: number;
}

/**
 * Does together what comes at about the same time: one commit, or one statement. One batch is under way at a time; what comes meanwhile is
 * the next: when a thousand sockets close at once, that is a handful of transactions, and a lone item waits for nothing but its own. Where
 * a batch fails, its items are tried one by one, so that each is told of its own fault alone; not where the fault is none of theirs.
 */
export class BatchQueue<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  /** Being done. */
  #underWay: readonly Waiting<Item, Result>[] = [];
  #running = false;

  /** `work` answers with a result for each item, in their order; `isNobodys` tells a fault that no item is to blame for. */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly isNobodys: (error: unknown) => boolean = () => false,
  ) {}

  /** Items that are not done yet. */
  get size(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  /** How long the oldest of them has waited, in milliseconds. */
  get waitingMs(): number {
    const [oldest = this.#waiting[0]] = this.#underWay;
    return oldest === undefined ? 0 : performance.now() - oldest.since;
  }

  /** Resolves with the item's result when its batch is done. */
  add(item: Item): Promise<Result> {
    const done = Promise.withResolvers<Result>();
    this.#waiting.push({ item, done, since: performance.now() });
    if (!this.#running) {
      this.#running = true;
      // What is done for many waits in nobody's line.
      onAccountOf(SYSTEM, () => setImmediate(() => void this.#run()));
    }
    return done.promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, TOGETHER);
      this.#underWay = batch;
      try {
        await this.#together(batch);
      } catch (error) {
        if (batch.length === 1 || this.isNobodys(error)) await tell(batch, ({ done }) => done.reject(error));
        else for (const one of batch) await this.#together([one]).catch(one.done.reject);
      }
    }
    this.#underWay = [];
    this.#running = false;
  }

  async #together(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const results = await this.work(batch.map(({ item }) => item));
    await tell(batch, ({ done }, index) => done.resolve(results[index]!));
  }
}

/** Tells some in each turn of the event loop. */
async function tell<One>(batch: readonly One[], told: (one: One, index: number) => void): Promise<void> {
  for (const [index, one] of batch.entries()) {
    if (index > 0 && index % TOLD === 0) await new Promise((resolve) => setImmediate(resolve));
    told(one, index);
  }
}

import { AppError } from "@onrecord/core/errors";
import { FairQueue, type Waiting } from "@onrecord/core/fair-queue";
import { currentOwner, SYSTEM } from "@onrecord/core/owner";
import pg from "pg";
import { poolQueue } from "./bounds.js";

/** Something that waits for a connection. */
interface Job extends Waiting {
  readonly turn: PromiseWithResolvers<void>;
}

type Callback = Parameters<pg.Pool["connect"]>[0];

const sentences = {
  yours: "You have asked for too much at a time; try again when some of it is answered.",
  "everyone's": "Too much is asked for at a time; try again in a few seconds.",
};

/**
 * A pool whose connections are lent in turn, owner by owner (`currentOwner`): whoever brings thousands of statements waits behind
 * themselves, and somebody else's single one is the next. Nobody but Onrecord itself holds all of them at a time. RATE_LIMITED where too
 * many wait.
 */
export class FairPool extends pg.Pool {
  /** Pieces of work that were refused, since start. */
  refused = 0;
  readonly #queue = new FairQueue<Job>({ ...poolQueue, bytes: Number.POSITIVE_INFINITY });
  readonly #owners = new WeakMap<pg.PoolClient, string>();
  /** Connections that owners hold, or are just being given. */
  readonly #held = new Map<string, number>();
  #lent = 0;

  /** `waitMs`: for a turn; 0: for ever. */
  constructor(
    private readonly max: number,
    private readonly waitMs: number,
    config: pg.PoolConfig,
  ) {
    super({ ...config, max });
    this.on("release", (_error, client) => {
      const owner = this.#owners.get(client);
      if (owner !== undefined) this.#free(owner);
    });
  }

  /** How many wait for a connection. */
  get waiting(): number {
    return this.#queue.size;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: NonNullable<Callback>): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const lent = this.#lend(currentOwner());
    if (callback === undefined) return lent;
    lent.then(
      (client) => callback(undefined, client, (error) => client.release(error)),
      (error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }

  async #lend(owner: string): Promise<pg.PoolClient> {
    await this.#turnOf({ owner, bytes: 0, turn: Promise.withResolvers() });
    try {
      const client = await super.connect();
      this.#owners.set(client, owner);
      return client;
    } catch (error) {
      this.#free(owner);
      throw error;
    }
  }

  async #turnOf(job: Job): Promise<void> {
    const out = this.#queue.add(job);
    this.#serve();
    for (const { job: refused, why } of out) {
      this.refused++;
      refused.turn.reject(new AppError("RATE_LIMITED", sentences[why]));
    }
    const late = () => {
      if (this.#queue.remove(job)) job.turn.reject(new Error("timeout exceeded when trying to connect"));
    };
    const timer = this.waitMs > 0 ? setTimeout(late, this.waitMs).unref() : undefined;
    await job.turn.promise.finally(() => clearTimeout(timer));
  }

  /** Gives turns as long as there is a connection for them. */
  #serve(): void {
    while (this.#lent < this.max) {
      const job = this.#queue.next();
      if (job === undefined) return;
      const held = (this.#held.get(job.owner) ?? 0) + 1;
      this.#held.set(job.owner, held);
      this.#lent++;
      // Whoever has as many as one may have gets no other turn before one comes back.
      if (held < this.#mostOf(job.owner)) this.#queue.done(job);
      job.turn.resolve();
    }
  }

  #free(owner: string): void {
    const held = (this.#held.get(owner) ?? 1) - 1;
    if (held > 0) this.#held.set(owner, held);
    else this.#held.delete(owner);
    this.#lent--;
    this.#queue.done({ owner, bytes: 0 });
    this.#serve();
  }

  #mostOf(owner: string): number {
    return owner === SYSTEM ? this.max : Math.max(1, this.max - 1);
  }
}

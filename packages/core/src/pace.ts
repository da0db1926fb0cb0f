import { FairQueue, type Full, type Waiting } from "./fair-queue.js";

interface Passing extends Waiting {
  readonly done: PromiseWithResolvers<void>;
}

/** How many may wait to be let through: of one owner, and of all. */
export interface PaceBounds {
  readonly eachOf: number;
  readonly all: number;
}

/** Nobody else of this owner, or nobody at all, may wait any more. */
export class PaceExceeded extends Error {
  constructor(readonly why: Full) {
    super("too many wait");
  }
}

/**
 * Lets so many through in each turn of the event loop, and the others in the next ones, owner by owner: between them the loop does what
 * else there is. Where few come, they go through at once.
 */
export class Pace {
  readonly #queue: FairQueue<Passing>;
  #left: number;
  #turning = false;

  constructor(
    private readonly perTurn: number,
    bounds: PaceBounds,
  ) {
    this.#queue = new FairQueue({ ...bounds, bytes: Number.POSITIVE_INFINITY });
    this.#left = perTurn;
  }

  /** Resolves when it is one's turn. PaceExceeded where too many wait. */
  pass(owner: string): Promise<void> {
    this.#turn();
    if (this.#left > 0) {
      this.#left--;
      return Promise.resolve();
    }
    const done = Promise.withResolvers<void>();
    for (const { job, why } of this.#queue.add({ owner, bytes: 0, done }))
      job.done.reject(new PaceExceeded(why));
    return done.promise;
  }

  /** Sees to it that the next turn lets others through. */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      for (this.#left = this.perTurn; this.#left > 0; this.#left--) {
        const next = this.#queue.next();
        if (next === undefined) return;
        this.#queue.done(next);
        next.done.resolve();
      }
      this.#turn();
    });
  }
}

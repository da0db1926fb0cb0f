/** How long work may hold the serving thread before others have a turn, in milliseconds. */
const SLICE_MS = 8;

/**
 * Long work of the thread that serves everybody, in slices. Of all that goes by one lane, one slice is done at a time, and between two of
 * them whatever else there is has its turn: much at once takes longer, and holds nobody up more than one does.
 */
export class Lane {
  readonly #waiting: (() => void)[] = [];

  constructor(readonly sliceMs: number = SLICE_MS) {}

  /** Begins work, whose first slice is now. */
  begin(): Slices {
    return new Slices(this);
  }

  /** Resolves when it is the turn of another slice. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(this.#serve);
    });
  }

  readonly #serve = (): void => {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(this.#serve);
  };
}

/** One work of a lane. */
export class Slices {
  #begun = performance.now();
  #spent = 0;

  constructor(private readonly lane: Lane) {}

  /** Whether the slice is over: then `next` is to be awaited. */
  get isOver(): boolean {
    return performance.now() - this.#begun >= this.lane.sliceMs;
  }

  /** How long all of its slices have held the thread, in milliseconds. */
  get spentMs(): number {
    return this.#spent + performance.now() - this.#begun;
  }

  /** Resolves when the next slice begins. */
  async next(): Promise<void> {
    this.#spent += performance.now() - this.#begun;
    await this.lane.turn();
    this.#begun = performance.now();
  }
}

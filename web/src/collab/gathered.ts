import { type Doc, transact } from "yjs";

/** After one's own last key one counts as typing for this long; what comes meanwhile waits at most so long, in milliseconds. */
const TYPING_MS = 1_000;
const WAIT_MS = 150;

/**
 * What comes in while somebody types here. Each frame that is taken in costs the page a layout of the text, so what colleagues write is
 * taken in with one's own next key, as one change, or after a blink. Nobody who only looks on waits. Order stays.
 */
export class Gathered {
  #waiting: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly doc: Doc,
    /** What incoming changes are marked with. */
    private readonly origin: () => unknown,
  ) {}

  /** Something was written here. */
  typed(): void {
    this.#typedAt = performance.now();
    // Behind the change that is just being made, and before the page is painted with it.
    if (this.#waiting.length > 0) queueMicrotask(() => this.flush());
  }

  /** Takes something in, now or soon. */
  take(arrived: () => void): void {
    this.#waiting.push(arrived);
    if (performance.now() - this.#typedAt > TYPING_MS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  /** Takes in now what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    transact(
      this.doc,
      () => {
        for (const arrived of waiting) arrived();
      },
      this.origin(),
      false,
    );
  }

  /** Forgets what waits. */
  drop(): void {
    this.#waiting = [];
    clearTimeout(this.#timer);
  }
}

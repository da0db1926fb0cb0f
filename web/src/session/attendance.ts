/** A page that nobody has touched for this long is taken to be left alone. */
const LEFT_ALONE_MS = 5 * 60_000;
/** Whoever touches it is told of so often at most: half of the least that a session can lie unused. */
const TELL_EVERY_MS = 30_000;
/** What a hand sets off mostly tells it by itself; that is waited for. */
const WAIT_MS = 2_000;

/**
 * Knows whether somebody sits before the page. What the page sends by itself (it follows what others do) is then no use of the
 * session, and somebody who only reads and scrolls is one.
 */
export class Attendance {
  #touched: number;
  #told = Number.NEGATIVE_INFINITY;
  #waiting = false;

  /** `tell` says to the server that somebody is here. The page was opened by somebody just now. */
  constructor(
    private readonly tell: () => void,
    private readonly now: () => number = Date.now,
    private readonly later: (work: () => void) => void = (work) => void setTimeout(work, WAIT_MS),
  ) {
    this.#touched = now();
  }

  get isAttended(): boolean {
    return this.now() - this.#touched < LEFT_ALONE_MS;
  }

  /** A hand was on it. */
  readonly touched = (): void => {
    this.#touched = this.now();
    if (this.#waiting || this.#isTold) return;
    this.#waiting = true;
    this.later(() => {
      this.#waiting = false;
      if (this.#isTold) return;
      this.#told = this.now();
      this.tell();
    });
  };

  /** Something is sent to the server now: whether it tells that somebody is here. */
  readonly sends = (): boolean => {
    if (this.isAttended) this.#told = this.now();
    return this.isAttended;
  };

  get #isTold(): boolean {
    return this.now() - this.#told < TELL_EVERY_MS;
  }
}

/** What only a person does; that the page scrolls, others can bring about. */
const events = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;

/** Calls `touched` whenever somebody touches this page; returns what ends that. */
export function watchHands(touched: () => void): () => void {
  const options = { passive: true, capture: true } as const;
  for (const event of events) window.addEventListener(event, touched, options);
  return () => {
    for (const event of events) window.removeEventListener(event, touched, options);
  };
}

/** A page that nobody has touched for this long is taken to be left alone. */
const LEFT_ALONE_MS = 5 * 60_000;
/** Whoever touches it is told of so often at most: half of the least that a session can lie unused. */
const TELL_EVERY_MS = 30_000;

/**
 * Knows whether somebody sits before the page. What the page sends by itself (it follows what others do) is then no use of the
 * session, and somebody who only reads and scrolls is one.
 */
export class Attendance {
  #touched: number;
  #told = Number.NEGATIVE_INFINITY;

  /** `tell` says to the server that somebody is here. The page was opened by somebody just now. */
  constructor(
    private readonly tell: () => void,
    private readonly now: () => number = Date.now,
  ) {
    this.#touched = now();
  }

  get isAttended(): boolean {
    return this.now() - this.#touched < LEFT_ALONE_MS;
  }

  /** A hand was on it. */
  readonly touched = (): void => {
    this.#touched = this.now();
    if (this.#touched - this.#told < TELL_EVERY_MS) return;
    this.#told = this.#touched;
    this.tell();
  };
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

/** Calls at once after a rest, and while there is much to tell no oftener than every `ms`; what came last is always told. */
export class Paced {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly call: () => void,
    private readonly ms: number,
  ) {}

  /** Something changed. */
  soon(): void {
    const left = this.#last + this.ms - performance.now();
    if (left <= 0) this.now();
    else this.#timer ??= setTimeout(() => this.now(), left);
  }

  /** Something changed for which somebody waits. */
  now(): void {
    this.stop();
    this.#last = performance.now();
    this.call();
  }

  /** Nothing that waits is told any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

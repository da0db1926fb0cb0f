/**
 * Does what is asked for at once, and then at most once in so many milliseconds. Of what is asked for meanwhile the last counts, and
 * is done when the time has come: nothing is refused, and nobody can make the server work faster by asking faster.
 */
export class Coalescer<T> {
  #timer: NodeJS.Timeout | undefined;
  #last: { readonly what: T } | undefined;

  constructor(
    private readonly ms: number,
    private readonly work: (what: T) => void,
  ) {}

  ask(what: T): void {
    if (this.#timer !== undefined) {
      this.#last = { what };
      return;
    }
    this.#timer = setTimeout(() => this.#next(), this.ms).unref();
    this.work(what);
  }

  #next(): void {
    this.#timer = undefined;
    const last = this.#last;
    this.#last = undefined;
    if (last) this.ask(last.what);
  }
}

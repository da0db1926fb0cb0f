/** Work that nobody waits for while the node serves, and that must be finished before it ends. */
export class UnderWay {
  readonly #work = new Set<Promise<unknown>>();

  /** Keeps track of work that handles its own errors. */
  track(work: Promise<unknown>): void {
    const ended = work.finally(() => this.#work.delete(ended));
    this.#work.add(ended);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}

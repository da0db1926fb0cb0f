/** Wakes one waiter. A call while nobody waits is remembered, so none is lost between two waits. */
export class Wake {
  #called = false;
  #ended = false;
  #resolve: (() => void) | undefined;

  /** Whether there is nothing more to wait for. */
  get ended(): boolean {
    return this.#ended;
  }

  readonly call = (): void => {
    this.#called = true;
    this.#resolve?.();
  };

  end(): void {
    this.#ended = true;
    this.call();
  }

  /** Resolves at the next call, at once when there was one since the last wait, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#called) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resolve = resolve;
      const timer = setTimeout(resolve, Math.max(milliseconds, 1));
      await promise;
      clearTimeout(timer);
      this.#resolve = undefined;
    }
    this.#called = false;
  }
}

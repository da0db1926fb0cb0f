/** Reading of content, one after the other for each owner: whoever asks for much at once waits for their own, and what comes from others goes in between. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the owner's work when what they asked for before is done. */
  take<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(owner) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined)
      .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
      .then(work);
    this.#last.set(owner, turn);
    const forget = () => {
      if (this.#last.get(owner) === turn) this.#last.delete(owner);
    };
    turn.then(forget, forget);
    return turn;
  }
}

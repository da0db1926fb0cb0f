import { AppError } from "@onrecord/core/errors";
import type { Reader } from "@onrecord/history/reading/reading-threads";

/** Reading of content, one after the other for each person: whoever asks for much at once waits for their own, and what comes from others goes in between. */
export class Turns {
  readonly #lines = new Map<string, { last: Promise<unknown>; waiting: number }>();

  /** `mostWaiting` is how many of one person may wait. */
  constructor(private readonly mostWaiting: number) {}

  /** Does a person's work when what they asked for before is done. RATE_LIMITED when too much waits, UNAVAILABLE when they have gone. */
  async take<T>({ person, gone }: Reader, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(person) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= this.mostWaiting)
      throw new AppError(
        "RATE_LIMITED",
        `${this.mostWaiting} of your readings wait; try again when some of them are done.`,
      );
    const turn = line.last.then(async () => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (gone?.aborted) throw new AppError("UNAVAILABLE", "The reading was stopped; try it again.");
      return work();
    });
    line.last = turn.catch(() => undefined);
    line.waiting++;
    this.#lines.set(person, line);
    try {
      return await turn;
    } finally {
      if (--line.waiting === 0) this.#lines.delete(person);
    }
  }
}

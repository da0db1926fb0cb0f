/** What a body may have without being counted, in bytes: operations are smaller. */
const SMALL = 64 * 1024;
/** What one person may send at once, and in each second behind it, in bytes: to make it out takes a tenth of the thread. */
const BURST = 8 * 1024 * 1024;
const EACH_SECOND = 8 * 1024 * 1024;
/** People who are remembered. */
const REMEMBERED = 10_000;

/** When the large bodies of one person are made out: making out megabytes of JSON takes tens of milliseconds, and it is everybody's thread. */
export class BodyPace {
  /** By person, when everything of theirs will have been made out at that speed, in milliseconds of `now`. */
  readonly #until = new Map<string, number>();

  /** How long a body waits, in milliseconds; it is counted. */
  wait(person: string, bytes: number, now: number): number {
    if (bytes <= SMALL) return 0;
    const until = Math.max(now, this.#until.get(person) ?? 0) + (bytes / EACH_SECOND) * 1000;
    // In the order of last use.
    this.#until.delete(person);
    this.#until.set(person, until);
    const [oldest] = this.#until.keys();
    if (this.#until.size > REMEMBERED && oldest !== undefined) this.#until.delete(oldest);
    return Math.max(0, until - now - (BURST / EACH_SECOND) * 1000);
  }
}

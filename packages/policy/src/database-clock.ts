/**
 * The time as the database has it: that of grants, sessions and the record. It is read again and again, and between two readings goes
 * on by a clock that nobody sets, so that it does not matter what happens to this machine's own.
 */
export class DatabaseClock {
  #read = Date.now();
  #asked = performance.now();

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#read + (performance.now() - this.#asked);
  }

  /** Takes a reading that was asked for at `asked` (of `performance.now()`): it is a little ahead of the database, never behind. */
  set(read: Date, asked: number): void {
    this.#read = read.getTime();
    this.#asked = asked;
  }
}

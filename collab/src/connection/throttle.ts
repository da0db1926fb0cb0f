/** So much may come at once: what a client is allowed in this many milliseconds. */
const BURST_MS = 1000;

/** What one client may take in a second: messages, bytes, and milliseconds of the node's thread. */
export interface Rate {
  readonly messages: number;
  readonly bytes: number;
  readonly work: number;
}

/**
 * Holds one client to its rate. A message takes its share of the time to come, by whatever it has most of; who is more than a second
 * ahead waits. (The generic cell rate algorithm: one number, no windows whose borders could be used.)
 */
export class Throttle {
  #paidUntil = 0;

  constructor(private readonly rate: Rate) {}

  /** Charges a message of so many bytes, whose handling took so long, at a time; both times in milliseconds. */
  charge(bytes: number, work: number, now: number): void {
    const share = Math.max(1 / this.rate.messages, bytes / this.rate.bytes, work / this.rate.work);
    this.#paidUntil = Math.max(this.#paidUntil, now) + 1000 * share;
  }

  /** Milliseconds for which nothing more should be read; 0 for none. */
  wait(now: number): number {
    return Math.max(0, this.#paidUntil - now - BURST_MS);
  }
}

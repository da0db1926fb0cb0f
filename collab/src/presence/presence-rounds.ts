import type { Room } from "../room/room.js";

/** Pauses between rounds are at least so long, in milliseconds, and so many times as long as the round before. */
const LEAST = 4;
const TIMES = 3;

/**
 * Shows people each other's cursors: at once where little moves, and in rounds where much does, so that a thousand cursors take at most
 * a quarter of the node's thread.
 */
export class PresenceRounds {
  readonly #changed = new Set<Room>();
  #waiting = false;
  /** When the next round may be. */
  #next = 0;

  /** Presence of a room changed: it is sent with what else changes until the next round. */
  changed(room: Room): void {
    this.#changed.add(room);
    if (this.#waiting) return;
    this.#waiting = true;
    const pause = this.#next - performance.now();
    if (pause > 0) setTimeout(() => this.#run(), pause);
    // With the rest of this turn's messages.
    else setImmediate(() => this.#run());
  }

  #run(): void {
    this.#waiting = false;
    const begun = performance.now();
    for (const room of this.#changed) room.sharePresence();
    this.#changed.clear();
    const ended = performance.now();
    this.#next = ended + Math.max(LEAST, TIMES * (ended - begun));
  }
}

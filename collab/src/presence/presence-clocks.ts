/** The clocks of a presence state. */
export interface Clocks {
  /** What its owner gave it. */
  readonly said: number;
  /** What peers are told, and the first that they were told. */
  readonly clock: number;
  readonly first: number;
}

/** Clocks that peers are told begin at the tenths of a second since 2026, so that a state is news also to whoever knew it before a restart. */
const TICK_MS = 100;
export const FIRST_TICK = Date.UTC(2026, 0, 1);
/** Clocks of owners count up to here: some clients keep clocks in 32 bits, and nobody's may bring them past that, or past 2^53. */
const MAX_SAID = 2 ** 31;

/** Who says a clock: the owner that the state had before, another connection, or another node, whose clocks are such as peers are told. */
export type Speaker = "same" | "new" | "node";

/**
 * The clock to tell peers: newer than what they were told of the state here, and, as far as that can be, elsewhere or before. `now` is
 * in milliseconds since the epoch, alike on all nodes.
 */
export function clockFor(said: number, from: Speaker, known: Clocks | undefined, now: number): number {
  const least = known ? known.clock + 1 : 0;
  switch (from) {
    case "node":
      return Math.max(least, said);
    case "new":
      return Math.max(
        least,
        Math.max(0, Math.floor((now - FIRST_TICK) / TICK_MS)) + Math.min(said, MAX_SAID),
      );
    case "same":
      // It may have been told a clock of ours, by another tab of its browser, and count on from that.
      return said > MAX_SAID ? least : Math.max(least, said);
  }
}

/** Whether a clock is one that others may have heard of the state: from its owner, in another tab of the browser, or from us. */
export function isEcho(known: Clocks, heard: number): boolean {
  return heard <= known.said || isOurs(known, heard);
}

/** Whether a clock is one that peers were told. */
export function isOurs({ first, clock }: Clocks, heard: number): boolean {
  return heard >= first && heard <= clock;
}

/** A small seeded generator (mulberry32): whole numbers below a bound. A failing seed replays exactly. */
export type Random = (below: number) => number;

export function prng(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** The seeds of a random test: `ONRECORD_SEED` alone where it is set, to replay a failure; else the first `count`. */
export function seeds(count: number): number[] {
  const given = Number(process.env.ONRECORD_SEED);
  return given > 0 ? [given] : Array.from({ length: count }, (_, i) => i + 1);
}

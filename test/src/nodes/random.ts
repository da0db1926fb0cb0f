/** A seeded generator of numbers from 0 up to 1 (mulberry32): a failing seed replays what was decided by chance. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: `ONRECORD_NODES_SEED`, or a new one. It is printed, so that a failure can be repeated. */
export function chooseSeed(): number {
  const seed = Number(process.env.ONRECORD_NODES_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed: ONRECORD_NODES_SEED=${seed}`);
  return seed;
}

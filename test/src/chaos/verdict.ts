/** What a campaign came to. */
export interface Verdict {
  readonly campaign: "fuzz" | "hostile" | "intake" | "order" | "crash" | "simulate" | "walk";
  readonly seed: number;
  readonly seconds: number;
  /** Counts and measurements, by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** Broken promises, a sentence each, with what is needed to make it happen again; empty when all held. */
  readonly faults: readonly string[];
}

/** A verdict as people read it; the last line says whether everything held. */
export function formatVerdict({ campaign, seed, seconds, figures, faults }: Verdict): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  return [
    ...Object.entries(figures).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...faults.map((fault) => `FAULT ${fault}`),
    faults.length === 0
      ? `HELD: ${campaign}, seed ${seed}, ${Math.round(seconds)} s, every promise kept.`
      : `BROKEN: ${campaign}, seed ${seed}, ${Math.round(seconds)} s, ${faults.length} faults.`,
  ].join("\n");
}

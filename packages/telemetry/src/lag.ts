import { Histogram, type Registry } from "prom-client";

/** From a hundredth of a second to ten minutes. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

/** How long after something was written it was seen, in seconds; both moments by one clock. */
export interface Lag {
  /** What was written then, in milliseconds since the epoch, is seen now. */
  seen(writtenAt: number): void;
}

/** Measures how far behind a reader is; readers of one name are told apart by their label. */
export function lagOf(
  registry: Registry,
  { name, help, reader }: { name: string; help: string; reader: string },
  now: () => number,
): Lag {
  const known = registry.getSingleMetric(name) as Histogram | undefined;
  const histogram =
    known ?? new Histogram({ name, help, labelNames: ["reader"], buckets: BUCKETS, registers: [registry] });
  histogram.zero({ reader });
  return {
    // Two nodes may differ by a little: what was written in the future is seen at once.
    seen: (writtenAt) => histogram.observe({ reader }, Math.max(0, now() - writtenAt) / 1000),
  };
}

import { Counter, Gauge, type Registry } from "prom-client";

/** One value under its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric that is read when somebody asks: what it counts is kept by whoever it happens to. */
export interface Observed {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** The value, or one for each set of labels. */
  read(): number | Iterable<Sample>;
}

/** What goes up and down. The last one of a name counts: a service that is made anew takes its metrics over. */
export function observeGauge(registry: Registry, { name, help, labels = [], read }: Observed): void {
  registry.removeSingleMetric(name);
  new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset();
      for (const [of, value] of samples(read())) this.set(of, value);
    },
  });
}

/** What only goes up while the process lives; by convention its name ends in `_total`. */
export function observeTotal(registry: Registry, { name, help, labels = [], read }: Observed): void {
  registry.removeSingleMetric(name);
  new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset();
      for (const [of, value] of samples(read())) this.inc(of, value);
    },
  });
}

function samples(read: number | Iterable<Sample>): Iterable<Sample> {
  return typeof read === "number" ? [[{}, read]] : read;
}

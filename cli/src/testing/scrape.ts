/** What `/metrics` says at a moment. */
export interface Scrape {
  readonly text: string;
  /** The names of all metrics, as queries name them: those of histograms with `_bucket`, `_sum` and `_count`. */
  readonly names: ReadonlySet<string>;
  /** The sum of a metric's values whose labels are these. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Reads `/metrics` over HTTP. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answers ${response.status}`);
  const text = await response.text();
  const samples = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(read);
  return {
    text,
    names: new Set([
      ...samples.map(({ name }) => name),
      // A metric that has counted nothing yet has no sample, and is there.
      ...[...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
        type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    ]),
    value: (name, labels = {}) =>
      samples
        .filter((sample) => sample.name === name)
        .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
        .reduce((sum, { value }) => sum + value, 0),
  };
}

function read(line: string) {
  const [, name = "", , labels = "", value = ""] = /^([\w:]+)(\{(.*)\})? (\S+)/.exec(line) ?? [];
  return {
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", of = ""]) => [key, of]),
    ),
    value: Number(value),
  };
}

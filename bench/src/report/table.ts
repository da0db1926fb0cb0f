import type { Run } from "../matrix.js";
import { type Spread, spread } from "../measure/statistics.js";
import type { Column } from "../workloads/workload.js";

/** The runs of one workload as a Markdown table: a row for each server, and one for what the first has of each other. */
export function table(columns: readonly Column[], runs: readonly Run[], servers: readonly string[]): string {
  const shown = columns.filter(({ key }) => runs.some((run) => Number.isFinite(value(run, key))));
  const rows = servers.map((server) => {
    const own = runs.filter((run) => run.server === server);
    const failed = own.filter(({ outcome }) => !outcome.ok).length;
    const name = failed === 0 ? server : `${server} (${failed} of ${own.length} failed)`;
    return [name, ...shown.map(({ key, digits }) => format(spread(values(own, key)), digits))];
  });
  const [first, ...others] = servers;
  const ratios = others.map((other) => [
    `${first} ÷ ${other}`,
    ...shown.map(({ key }) => format(spread(ratiosOf(runs, key, first!, other)), 2, "×")),
  ]);
  const lines = [["", ...shown.map(label)], ["---", ...shown.map(() => "---:")], ...rows, ...ratios];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** One number of two servers, divided round by round: what disturbs a machine disturbs neighbours alike. */
export function ratiosOf(runs: readonly Run[], key: string, first: string, other: string): number[] {
  const mine = runs.filter(({ server }) => server === first);
  return mine.flatMap((run) => {
    const theirs = runs.find(({ server, round }) => server === other && round === run.round);
    const ratio = theirs ? value(run, key) / value(theirs, key) : Number.NaN;
    return Number.isFinite(ratio) ? [ratio] : [];
  });
}

function label({ label, better }: Column): string {
  return `${label} ${better === "higher" ? "↑" : "↓"}`;
}

function values(runs: readonly Run[], key: string): number[] {
  return runs.map((run) => value(run, key)).filter((it) => Number.isFinite(it));
}

function value({ outcome }: Run, key: string): number {
  return outcome.ok ? (outcome.numbers[key] ?? Number.NaN) : Number.NaN;
}

function format(spread: Spread | undefined, digits: number, unit = ""): string {
  if (!spread) return "–";
  const text = (value: number) =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `**${text(spread.median)}${unit}** [${text(spread.min)}..${text(spread.max)}]`;
}

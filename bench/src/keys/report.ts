import { spread } from "../measure/statistics.js";

/** The name under which it is asked for. */
export const name = "keys";

/** The main thread's CPU for a key in one build, document and state of the panel, a value a round; milliseconds. */
export interface Measured {
  readonly build: string;
  readonly document: string;
  readonly panel: boolean;
  readonly values: readonly number[];
  /** What it took to open the document. */
  readonly opening?: readonly number[];
}

/** What the page may take for a key, in milliseconds. */
function goalOf({ build, document, panel }: Measured): number | undefined {
  if (build !== "page") return undefined;
  if (document === "small") return 8;
  return panel ? 20 : 16;
}

/** The rounds as a Markdown table, and whether every goal was held. */
export function keysTable(measured: readonly Measured[]): { text: string; held: boolean } {
  let held = true;
  const lines = measured.map((row) => {
    const { median = Number.NaN, min = Number.NaN, max = Number.NaN } = spread(row.values) ?? {};
    const opening = spread(row.opening ?? [])?.median;
    const goal = goalOf(row);
    const isHeld = goal === undefined || median <= goal;
    held &&= isHeld;
    return [
      row.build,
      row.document,
      row.document === "" ? "" : row.panel ? "open" : "closed",
      `**${median.toFixed(1)}** [${min.toFixed(1)}..${max.toFixed(1)}]`,
      goal === undefined ? "" : `≤ ${goal}: ${isHeld ? "held" : "missed"}`,
      opening === undefined ? "" : opening.toFixed(0),
    ];
  });
  const head = [
    ["", "document", "panel", "ms of main thread a key", "goal", "ms to open"],
    ["---", "---", "---", "---:", "---", "---:"],
  ];
  return { text: [...head, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n"), held };
}

import type { Run } from "../matrix.js";
import { spread } from "../measure/statistics.js";

/** The name under which results are kept. */
export const name = "permissions";

export const about =
  "What changes of rights cost: two nodes on one database, 20,000 people in 500 departments nested five deep, 2,000 open editors on 200 documents, and eight people who type all the time. Half of everybody is on each node. A stall is how much longer the slowest acknowledgement of a keystroke took while something changed and in the two seconds after it than in the two seconds before; where nothing changes it is what chance makes of it.";

/** One number of a round. A goal is an upper bound; `than` bounds it by that and the median of another number. */
interface Row {
  readonly key: string;
  readonly what: string;
  readonly unit: string;
  readonly digits: number;
  readonly goal?: number;
  readonly than?: string;
}

const rows: readonly Row[] = [
  { key: "usual", what: "a keystroke's acknowledgement, median", unit: "ms", digits: 1 },
  { key: "nothing", what: "nothing changes: stall", unit: "ms", digits: 1 },
  { key: "signOut", what: "somebody signs out: stall of the others", unit: "ms", digits: 1, goal: 5 },
  { key: "signOutClosed", what: "until their socket is closed", unit: "ms", digits: 0, goal: 1000 },
  {
    key: "revoke",
    what: "a revocation on the top folder: stall of the others",
    unit: "ms",
    digits: 1,
    goal: 50,
  },
  { key: "revokeClosed", what: "until the last of its sockets is closed", unit: "ms", digits: 0, goal: 1000 },
  { key: "revokeSockets", what: "its sockets", unit: "", digits: 0 },
  { key: "revokeAnswered", what: "until it is answered", unit: "ms", digits: 0 },
  { key: "grant", what: "a grant on the top folder: stall of the others", unit: "ms", digits: 1 },
  { key: "grantAnswered", what: "until it is answered", unit: "ms", digits: 0 },
  { key: "one", what: "one person gets a role: stall of the others", unit: "ms", digits: 1 },
  {
    key: "thousands",
    what: "5,000 people get a role at once: stall of the others",
    unit: "ms",
    digits: 1,
    goal: 5,
    than: "one",
  },
  { key: "department", what: "a department moves: stall of the others", unit: "ms", digits: 1 },
  { key: "decision", what: "a decision, the database's time, median", unit: "ms", digits: 2, goal: 1 },
  { key: "decisionP99", what: "p99", unit: "ms", digits: 2 },
];

/** The rounds against the goals, as a Markdown table. */
export function permissionsTable(runs: readonly Run[]): string {
  const spreadOf = (key: string) =>
    spread(
      runs.flatMap(({ outcome }) =>
        outcome.ok && outcome.numbers[key] !== undefined ? [outcome.numbers[key]] : [],
      ),
    );
  const lines = rows.flatMap(({ key, what, unit, digits, goal, than }) => {
    const values = spreadOf(key);
    if (!values) return [];
    const text = (value: number) =>
      value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const bound =
      goal === undefined ? undefined : goal + (than === undefined ? 0 : (spreadOf(than)?.median ?? 0));
    const { median, min, max } = values;
    const measured = `**${text(median)}** [${text(min)}..${text(max)}]${unit && ` ${unit}`}`;
    const verdict = bound === undefined ? "" : median <= bound ? "held" : "missed";
    return [[what, measured, bound === undefined ? "" : `≤ ${text(bound)} ${unit}`, verdict]];
  });
  return [["", "median of the rounds", "goal", ""], ["---", "---:", "---:", "---"], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

import { AppError } from "@onrecord/core/errors";

/** A client is opened for each agent, and each change is counted for each of them. */
const MAX_AGENTS = 256;

/** At a position (in code points), delete so many code points, then insert a text. */
export type Patch = readonly [position: number, deleted: number, inserted: string];

/** A transaction as the file has it. */
export interface RawTransaction {
  readonly parents?: readonly number[];
  readonly agent?: number;
  readonly time?: string;
  readonly patches: readonly Patch[];
}

/** A trace as the file has it. */
export interface RawTrace {
  readonly startContent?: string;
  readonly endContent: string;
  readonly numAgents?: number;
  readonly txns: readonly RawTransaction[];
}

/** Throws BAD_USER_INPUT, with the number of the transaction, for what has not the form of a trace. */
export function checkShape(raw: unknown): asserts raw is RawTrace {
  if (!isObject(raw) || !Array.isArray(raw.txns) || typeof raw.endContent !== "string")
    throw new AppError("BAD_USER_INPUT", "This is not an editing trace: it lacks `txns` or `endContent`.");
  const { startContent = "", numAgents = 1, txns } = raw;
  if (!isText(startContent)) throw new AppError("BAD_USER_INPUT", "The trace's `startContent` is no text.");
  if (!isCount(numAgents) || numAgents < 1 || numAgents > MAX_AGENTS)
    throw new AppError(
      "BAD_USER_INPUT",
      `A trace's \`numAgents\` is a whole number from 1 to ${MAX_AGENTS}.`,
    );
  for (const [index, transaction] of txns.entries()) {
    const fault = faultOf(transaction);
    if (fault !== null) throw new AppError("BAD_USER_INPUT", `Transaction ${index} ${fault}.`);
  }
}

function faultOf(transaction: unknown): string | null {
  if (!isObject(transaction)) return "is no object";
  const { agent = 0, parents = [], time = "", patches } = transaction;
  if (!isCount(agent)) return "has an `agent` that is no number of one";
  if (!Array.isArray(parents) || !parents.every(isCount))
    return "has `parents` that are no list of transactions";
  if (typeof time !== "string") return "has a `time` that is no text";
  if (!Array.isArray(patches) || !patches.every(isPatch))
    return "has `patches` that are no list of position, deleted count and inserted text";
  return null;
}

function isPatch(patch: unknown): patch is Patch {
  return (
    Array.isArray(patch) && patch.length === 3 && isCount(patch[0]) && isCount(patch[1]) && isText(patch[2])
  );
}

/** Half a character cannot be sent as it is, and would come back as another. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed();
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

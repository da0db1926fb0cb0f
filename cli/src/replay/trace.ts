import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { AppError } from "@onrecord/core/errors";
import { Lengths } from "./check-positions.js";
import { checkShape, type Patch, type RawTransaction } from "./trace-shape.js";

/** What one agent did in one transaction. */
export interface TraceChange {
  readonly agent: number;
  /** What it was typed on top of: the first `needs[a]` changes of each agent `a`. */
  readonly needs: readonly number[];
  /** Milliseconds since the first change. */
  readonly at: number;
  /** One after the other. */
  readonly patches: readonly Patch[];
}

/** Real people's typing. Changes stand in causal order. */
export interface Trace {
  readonly agents: number;
  readonly changes: readonly TraceChange[];
  readonly endContent: string;
}

/** Reads a trace of the editing-traces format (https://github.com/josephg/editing-traces), gzipped or not. */
export async function readTrace(path: string): Promise<Trace> {
  try {
    const bytes = await readFile(path);
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return parseTrace(JSON.parse((zipped ? gunzipSync(bytes) : bytes).toString()));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new AppError("BAD_USER_INPUT", `The trace ${path} cannot be read (${code ?? message}).`, { cause });
  }
}

/** Takes both forms: transactions with parents and agents, and those of one agent that simply follow each other. */
export function parseTrace(raw: unknown): Trace {
  checkShape(raw);
  const agents = raw.numAgents ?? 1;
  const start: RawTransaction[] = raw.startContent ? [{ patches: [[0, 0, raw.startContent]] }] : [];
  if (start.length > 0 && raw.numAgents !== undefined)
    throw new AppError("BAD_USER_INPUT", "A trace of several agents must begin with an empty text.");
  const transactions = [...start, ...raw.txns];
  const origin = Date.parse(raw.txns[0]?.time ?? "");
  const typed = new Array<number>(agents).fill(0);
  const states: number[][] = [];
  const lengths = new Lengths(agents);
  const changes = transactions.map((transaction, place): TraceChange => {
    const { agent = 0, time, patches, parents = place === 0 ? [] : [place - 1] } = transaction;
    // As the file numbers them: the text that was there at the start is no transaction of its own.
    const index = place - start.length;
    const needs = closure(states, parents, agents);
    // Whoever types sees their own text, so what an agent did before is always among what it builds on.
    if (agent >= agents || needs[agent] !== typed[agent])
      throw new AppError("BAD_USER_INPUT", `Transaction ${index} does not follow its agent's previous one.`);
    lengths.add(index, transaction, { parents, needs }, states);
    states.push(needs.with(agent, ++typed[agent]!));
    const at = time === undefined ? 0 : Date.parse(time) - origin;
    return { agent, needs, at: Number.isFinite(at) ? Math.max(0, at) : 0, patches };
  });
  return { agents, changes, endContent: raw.endContent };
}

/** Everything that the parents include, as counts per agent: an agent's changes follow each other, so a count names them all. */
function closure(states: readonly number[][], parents: readonly number[], agents: number): number[] {
  const counts = new Array<number>(agents).fill(0);
  for (const parent of parents) {
    const state = states[parent];
    if (!state)
      throw new AppError("BAD_USER_INPUT", `Transaction ${parent} stands after one that builds on it.`);
    for (let a = 0; a < agents; a++) counts[a] = Math.max(counts[a]!, state[a]!);
  }
  return counts;
}

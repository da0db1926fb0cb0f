import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";

const FILE = "clownschool.yjs13.ndjson.gz";

/** The Y.Text of the trace. */
export const conversationField = "t";

/** One transaction of the trace, with what tells that it has been received. */
export interface Line {
  /** Its place in the trace, where everything stands behind what it builds on. */
  readonly index: number;
  readonly update: Uint8Array;
  /** How many lines of each other agent must have been received before this one may be sent. */
  readonly needs: readonly number[];
  readonly brings: Effect;
}

/** What an update adds: clocks reached, and ranges deleted. */
export interface Effect {
  readonly clocks: readonly { readonly client: number; readonly clock: number }[];
  readonly deleted: readonly { readonly client: number; readonly from: number; readonly to: number }[];
}

/** The path of the live session of three people, or the sentence that it is missing. */
export function findConversation(traces: string): { path: string } | { missing: string } {
  const path = join(traces, FILE);
  return existsSync(path) ? { path } : { missing: `${FILE} is not in the directory of traces (--traces)` };
}

/** The first lines of the trace, by agent in the order in which each sends them. */
export function readConversation(path: string, share: number): Line[][] {
  const all = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  const raw = all.slice(0, Math.ceil(all.length * share)).map((line) => JSON.parse(line) as RawLine);
  const agents = Math.max(...raw.map(({ agent }) => agent)) + 1;
  const byAgent: Line[][] = Array.from({ length: agents }, () => []);
  /** Where line `i` of the file stands among those of its agent, counted from 1. */
  const place: number[] = [];
  for (const [index, { agent, parents, update: base64 }] of raw.entries()) {
    const needs = new Array<number>(agents).fill(0);
    for (const parent of parents) {
      const author = raw[parent]!.agent;
      needs[author] = Math.max(needs[author]!, place[parent]!);
    }
    needs[agent] = 0;
    const update = Buffer.from(base64, "base64");
    place.push(byAgent[agent]!.push({ index, update, needs, brings: effectOf(update) }));
  }
  return byAgent;
}

interface RawLine {
  readonly agent: number;
  readonly parents: readonly number[];
  readonly update: string;
}

/** What an update adds, whether it was sent alone or merged with others. */
export function effectOf(update: Uint8Array): Effect {
  const { structs, ds } = Y.decodeUpdate(update);
  const clocks = new Map<number, number>();
  const deleted: { client: number; from: number; to: number }[] = [];
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const to = clock + struct.length;
    clocks.set(client, Math.max(clocks.get(client) ?? 0, to));
    // What was inserted and deleted in one transaction may arrive as deleted from the start.
    if (struct instanceof Y.GC || (struct instanceof Y.Item && struct.content instanceof Y.ContentDeleted))
      deleted.push({ client, from: clock, to });
  }
  for (const [client, ranges] of ds.clients)
    for (const { clock, len } of ranges) deleted.push({ client, from: clock, to: clock + len });
  return { clocks: [...clocks].map(([client, clock]) => ({ client, clock })), deleted };
}

/** What one client knows, enough to tell whether it has received a line. */
export class Knowledge {
  readonly #clocks = new Map<number, number>();
  readonly #deleted = new Map<number, Uint8Array>();

  learn({ clocks, deleted }: Effect): void {
    for (const { client, clock } of clocks)
      this.#clocks.set(client, Math.max(this.#clocks.get(client) ?? 0, clock));
    for (const { client, from, to } of deleted) this.#marks(client, to).fill(1, from, to);
  }

  has({ clocks, deleted }: Effect): boolean {
    return (
      clocks.every(({ client, clock }) => (this.#clocks.get(client) ?? 0) >= clock) &&
      deleted.every(({ client, from, to }) => this.#marks(client, to).subarray(from, to).every(Boolean))
    );
  }

  #marks(client: number, size: number): Uint8Array {
    let marks = this.#deleted.get(client) ?? new Uint8Array(1024);
    if (marks.length < size) {
      const larger = new Uint8Array(Math.max(size, 2 * marks.length));
      larger.set(marks);
      marks = larger;
    }
    this.#deleted.set(client, marks);
    return marks;
  }
}

import type { Trace, TraceChange } from "@onrecord/cli/replay/trace";
import type { Patch } from "@onrecord/cli/replay/trace-shape";
import type { Random } from "@onrecord/core/testing/random";
import * as Y from "yjs";

const AGENTS = 3;
/** Milliseconds between two changes of all of them. */
const PAUSE = 300;

/**
 * A session of three made-up people, for where there is no real one. Each writes between brackets of their own, so that the text at
 * the end does not depend on the clientIDs with which it is replayed.
 */
export function makeTrace(random: Random, changes: number): Trace {
  const docs = Array.from({ length: AGENTS }, () => new Y.Doc());
  const typed = docs.map(() => 0);
  /** What each has received of each. */
  const seen = docs.map(() => docs.map(() => 0));
  const made: TraceChange[] = [];
  const updates: Uint8Array[][] = docs.map(() => []);
  const receive = (agent: number, other: number, count: number) => {
    for (const update of updates[other]!.slice(seen[agent]![other], count))
      Y.applyUpdate(docs[agent]!, update);
    seen[agent]![other] = Math.max(seen[agent]![other]!, count);
  };
  const type = (agent: number, patch: Patch) => {
    const doc = docs[agent]!;
    const before = Y.encodeStateVector(doc);
    const [position, deleted, inserted] = patch;
    doc.transact(() => {
      doc.getText("content").delete(position, deleted);
      doc.getText("content").insert(position, inserted);
    });
    made.push({ agent, needs: [...seen[agent]!], at: PAUSE * made.length, patches: [patch] });
    updates[agent]!.push(Y.encodeStateAsUpdate(doc, before));
    seen[agent]![agent] = ++typed[agent]!;
  };
  type(0, [0, 0, "(0)(1)(2)"]);
  for (const agent of docs.keys()) receive(agent, 0, 1);
  while (made.length < changes) {
    const agent = random.int(0, AGENTS - 1);
    const text = docs[agent]!.getText("content").toString();
    const from = text.indexOf(`(${agent}`) + 2;
    const at = random.int(from, text.indexOf(")", from));
    const deleted = random.chance(0.2) ? random.int(0, Math.min(4, text.indexOf(")", at) - at)) : 0;
    type(agent, [at, deleted, random.word()]);
    for (const other of docs.keys()) {
      // Whoever hears of a change has heard of all that it was made on.
      if (random.chance(0.3)) for (const [who, count] of seen[agent]!.entries()) receive(other, who, count);
    }
  }
  const last = docs[0]!;
  for (const mine of updates) for (const update of mine) Y.applyUpdate(last, update);
  return { agents: AGENTS, changes: made, endContent: last.getText("content").toString() };
}

import * as Y from "yjs";
import { applyCommitted } from "./apply-committed.js";
import type { Replay } from "./load.js";

/** What a document is made of: a state, and the changes after it, in order. It may go to another thread. */
export interface Made {
  readonly state: Uint8Array | null;
  readonly later: readonly Uint8Array[];
}

/** What a replay makes. */
export function madeOf({ encoded, later }: Pick<Replay, "encoded" | "later">): Made {
  return { state: encoded?.state ?? null, later };
}

/** The document, in one go: on a thread that serves nobody, or where it is small. */
export function make({ state, later }: Made): Y.Doc {
  const doc = new Y.Doc();
  if (state) applyCommitted(doc, state);
  for (const update of later) applyCommitted(doc, update);
  return doc;
}

/** How many bytes it has. */
export function sizeOf({ state, later }: Made): number {
  return later.reduce((sum, { length }) => sum + length, state?.length ?? 0);
}

/** How many structs Yjs has of a document. */
export function structsOf({ store }: Y.Doc): number {
  let structs = 0;
  for (const { length } of store.clients.values()) structs += length;
  return structs;
}

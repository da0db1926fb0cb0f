import * as Y from "yjs";
import type { Inspection } from "./inspect.js";

/**
 * Whether an update changes exactly what it says: all that it builds on is in the document, and nothing that it brings or deletes is
 * there, or deleted, already. Such an update is its own effective change, and needs no transaction of its own to find that out.
 */
export function appliesExactly(doc: Y.Doc, inspection: Inspection): boolean {
  return structsApplyExactly(doc, inspection) && deletesApplyExactly(doc, inspection);
}

/** Whether the document has everything of an update already: a client that comes back tells all its deletes again. */
export function isKnown(doc: Y.Doc, { claims, deletes }: Inspection): boolean {
  const { store } = doc;
  for (const [client, { to }] of claims) if (to > Y.getState(store, client)) return false;
  for (const [client, parts] of deletes.clients)
    for (const { clock, len } of parts) {
      if (clock + len > Y.getState(store, client)) return false;
      if (!all(store, client, clock, len, (struct) => struct.deleted)) return false;
    }
  return true;
}

/** Whether the document has the beginning of what an update brings of a clientID, and not the end. */
export function isKnownInPart({ store }: Y.Doc, { claims }: Inspection): boolean {
  for (const [client, { from, to }] of claims) {
    const state = Y.getState(store, client);
    if (from < state && state < to) return true;
  }
  return false;
}

function structsApplyExactly({ store }: Y.Doc, { claims }: Inspection): boolean {
  for (const [client, { structs }] of claims) {
    let next = Y.getState(store, client);
    for (const struct of structs) {
      // Known in part, or with something left out between.
      if (struct.id.clock !== next) return false;
      next += struct.length;
      if (!(struct instanceof Y.Item)) continue;
      const { id, origin, rightOrigin, parent } = struct;
      if (!isThere(store, origin, id) || !isThere(store, rightOrigin, id)) return false;
      if (parent instanceof Y.ID && !isThere(store, parent, id)) return false;
    }
  }
  return true;
}

function deletesApplyExactly({ store }: Y.Doc, { claims, deletes }: Inspection): boolean {
  for (const [client, parts] of deletes.clients) {
    const state = Y.getState(store, client);
    const to = Math.max(state, claims.get(client)?.to ?? 0);
    for (const { clock, len } of parts) {
      if (clock + len > to) return false;
      // What is beyond the state is brought by this very update.
      const known = Math.min(clock + len, state) - clock;
      if (known > 0 && !all(store, client, clock, known, (struct) => !struct.deleted)) return false;
    }
  }
  return true;
}

/** Whether what a struct names is in the document, or is an earlier struct of its own client. */
function isThere(store: Y.Doc["store"], named: Y.ID | null, of: Y.ID): boolean {
  if (named === null) return true;
  return named.client === of.client ? named.clock < of.clock : named.clock < Y.getState(store, named.client);
}

function all(
  store: Y.Doc["store"],
  client: number,
  clock: number,
  length: number,
  test: (struct: Y.Item | Y.GC) => boolean,
): boolean {
  const structs = store.clients.get(client);
  if (!structs) return false;
  const end = clock + length;
  for (let i = Y.findIndexSS(structs, clock); i < structs.length && structs[i]!.id.clock < end; i++)
    if (!test(structs[i]!)) return false;
  return true;
}

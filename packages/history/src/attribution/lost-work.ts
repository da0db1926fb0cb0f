import * as Y from "yjs";
import type { Lost, Stamp } from "./content-tree.js";
import type { Stamps } from "./stamps.js";

/**
 * Whether something that no version shows at either end was written by somebody and went with what it stood in: a colleague took away
 * the paragraph around it without having seen it. What somebody wrote and took back is not lost, nor what a colleague took out by itself.
 */
export function isLost(item: Y.Item, made: Stamp | null, gone: Stamp | null, stamps: Stamps): boolean {
  if (made === null) return false;
  for (let around = itemAround(item); around !== null; around = itemAround(around)) {
    if (!around.deleted) continue;
    // No change tells of its deletion: it followed from that of what is around it.
    if (gone === null) return true;
    const [told] = stamps.deleted(around.id.client, around.id.clock, 1);
    const first = told?.stamp?.versions[0];
    if (first === undefined) continue;
    // It came into what was gone already; or went with it, by somebody else's hand.
    if (first < made.versions[0]) return true;
    if (first === gone.versions[0] && first > made.versions[0] && !stamps.isSamePerson(made, gone))
      return true;
  }
  return false;
}

/** Two lost runs of text as one, where they stand at one place and one stamp can say both. */
export function joinLost(last: Lost, next: Lost, stamps: Stamps): Lost | undefined {
  if (!("text" in last) || !("text" in next) || last.at !== next.at) return undefined;
  const inserted = stamps.join(last.inserted, next.inserted);
  const deleted = stamps.join(last.deleted, next.deleted);
  if (inserted === undefined || deleted === undefined) return undefined;
  return { at: last.at, inserted, deleted, text: last.text + next.text };
}

/**
 * Whether a document's history since an older one may hold something that is lost. Yjs forgets what stood in a deleted type altogether,
 * and leaves a GC struct in its place.
 */
export function mayHaveLost(newer: Y.Doc, older: Y.Doc): boolean {
  for (const [client, structs] of newer.store.clients) {
    const known = Y.getState(older.store, client);
    for (let i = structs.length - 1; i >= 0; i--) {
      const struct = structs[i]!;
      if (struct.id.clock + struct.length <= known) break;
      if (struct instanceof Y.GC) return true;
    }
  }
  return false;
}

function itemAround({ parent }: Y.Item): Y.Item | null {
  return parent instanceof Y.AbstractType ? parent._item : null;
}

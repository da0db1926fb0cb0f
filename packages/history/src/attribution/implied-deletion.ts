import * as Y from "yjs";
import type { Stamp } from "./content-tree.js";
import type { Stamps } from "./stamps.js";

/**
 * The stamp of a deletion that no update tells, since it followed from another: with a type goes what others have just put into it, and
 * with a new value for a key goes the value that its writer had not seen.
 */
export function impliedDeletion(item: Y.Item, stamps: Stamps): Stamp | null {
  const causes = [deletionAround(item, stamps), overwriting(item, stamps)];
  return causes.reduce((first, cause) => (isEarlier(cause, first) ? cause : first), null);
}

function deletionAround(item: Y.Item, stamps: Stamps): Stamp | null {
  const around = item.parent instanceof Y.AbstractType ? item.parent._item : null;
  if (!around?.deleted) return null;
  const [told] = stamps.deleted(around.id.client, around.id.clock, 1);
  return told?.stamp ?? impliedDeletion(around, stamps);
}

/** The first of the values that came to stand after this one took its place. */
function overwriting(item: Y.Item, stamps: Stamps): Stamp | null {
  if (item.parentSub === null) return null;
  let first: Stamp | null = null;
  for (let next = item.right; next !== null; next = next.right) {
    const [made] = stamps.inserted(next.id.client, next.id.clock, 1);
    if (made && isEarlier(made.stamp, first)) first = made.stamp;
  }
  return first && stamps.deletedIn(first.versions[0]);
}

/** The stamp of what first took a character of two units apart, where that can still be told: a half was deleted, or something put between them. */
export function cutBy({ store }: Y.Doc, client: number, clock: number, stamps: Stamps): Stamp | null {
  let first: Stamp | null = null;
  for (const { stamp } of stamps.deleted(client, clock, 2)) if (isEarlier(stamp, first)) first = stamp;
  const low = Y.getItem(store, Y.createID(client, clock + 1));
  for (let item = Y.getItem(store, Y.createID(client, clock)).right; item && item !== low; item = item.right)
    for (const { stamp } of stamps.inserted(item.id.client, item.id.clock, 1))
      if (isEarlier(stamp, first)) first = stamp;
  return first;
}

function isEarlier(a: Stamp | null, b: Stamp | null): boolean {
  return a !== null && (b === null || a.versions[0] < b.versions[0]);
}

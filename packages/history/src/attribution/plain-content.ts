import type * as Y from "yjs";
import { ChangeIndex } from "./change-index.js";
import { describe } from "./describe.js";
import { sideOf } from "./joint-document.js";
import { type Stamped, Stamps } from "./stamps.js";

/** Whether two documents show the same in every root type: text, formatting, elements, attributes, entries and values. */
export function showsTheSame(a: Y.Doc, b: Y.Doc): boolean {
  return plainContent(a) === plainContent(b);
}

function plainContent(doc: Y.Doc): string {
  const stamps = new NoStamps(new ChangeIndex(), null);
  const roots = describe({ doc, before: sideOf(doc), stamps, maxPieces: Number.POSITIVE_INFINITY });
  // Of a root nothing says what it is but what stands in it, or once stood.
  return JSON.stringify(roots.map(({ name, node: { entries, children } }) => [name, entries, children]));
}

/** Nobody made anything: to look that up for each item would cost more than the rest. */
class NoStamps extends Stamps {
  override inserted(_client: number, clock: number, length: number): Stamped[] {
    return [{ clock, length, stamp: null }];
  }
}

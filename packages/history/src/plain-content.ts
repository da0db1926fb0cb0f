import type * as Y from "yjs";
import { ChangeIndex } from "./change-index.js";
import { describe } from "./describe.js";
import { sideOf } from "./joint-document.js";
import { Stamps } from "./stamps.js";

/** Whether two documents show the same in every root type: text, formatting, elements, attributes, entries and values. */
export function showsTheSame(a: Y.Doc, b: Y.Doc): boolean {
  return plainContent(a) === plainContent(b);
}

function plainContent(doc: Y.Doc): string {
  const stamps = new Stamps(new ChangeIndex(), null);
  const roots = describe({ doc, before: sideOf(doc), stamps, maxPieces: Number.POSITIVE_INFINITY });
  // Of a root nothing says what it is but what stands in it, or once stood.
  return JSON.stringify(roots.map(({ name, node: { entries, children } }) => [name, entries, children]));
}

import * as Y from "yjs";
import type { LooseNode } from "./loose.js";
import { readValue } from "./read-fragment.js";

/** Text that stands in a document outside of the root that its kind has. */
export interface OtherRoot {
  readonly name: string;
  readonly words: string;
}

/**
 * The roots of a document, but for the one of its kind, that hold text or elements: an editor that was bound to a root of another name
 * has written them, and whoever reads only the usual root would take the document for empty.
 */
export function otherRoots(doc: Y.Doc, field: string): OtherRoot[] {
  const found: OtherRoot[] = [];
  for (const [name, root] of doc.share) {
    if (name === field) continue;
    const words = wordsOf(root);
    if (words !== null) found.push({ name, words });
  }
  return found;
}

/** Whether a root has nothing that could be shown. */
export function isEmptyRoot(doc: Y.Doc, field: string): boolean {
  const root = doc.share.get(field);
  return root === undefined || wordsOf(root) === null;
}

/** The words of a root, whatever it is; null where there is no text and no element. */
function wordsOf(root: { readonly _start: Y.Item | null }): string | null {
  const words: string[] = [];
  let isText = false;
  // A root has no type before somebody asks for it by one, and asking would settle it.
  for (let item = root._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    const { content } = item;
    if (content instanceof Y.ContentString) words.push(content.str);
    else if (content instanceof Y.ContentType && isWritten(content.type))
      words.push(textOf(readValue(content.type)), "\n");
    else continue;
    isText = true;
  }
  return isText ? words.join("").trim() : null;
}

function isWritten(type: unknown): boolean {
  return type instanceof Y.XmlFragment || type instanceof Y.Text;
}

function textOf(nodes: readonly LooseNode[]): string {
  return nodes.map(({ text, content = [] }) => text ?? textOf(content)).join("");
}

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
  return root === undefined || written(root).next().done === true;
}

/** The words of a root, whatever it is; null where there is no text and no element. */
function wordsOf(root: Root): string | null {
  const words = Array.from(written(root), (content) =>
    content instanceof Y.ContentString ? content.str : `${textOf(readValue(content.type))}\n`,
  );
  return words.length === 0 ? null : words.join("").trim();
}

/** A root has no type before somebody asks for it by one, and asking would settle it. */
interface Root {
  readonly _start: Y.Item | null;
}

/** The texts and elements of a root, from the front. */
function* written(root: Root): Generator<Y.ContentString | Y.ContentType, undefined> {
  for (let item = root._start; item !== null; item = item.right) {
    const { content, deleted } = item;
    if (deleted) continue;
    if (content instanceof Y.ContentString) yield content;
    else if (content instanceof Y.ContentType && isWritten(content.type)) yield content;
  }
}

function isWritten(type: unknown): boolean {
  return type instanceof Y.XmlFragment || type instanceof Y.Text;
}

function textOf(nodes: readonly LooseNode[]): string {
  return nodes.map(({ text, content = [] }) => text ?? textOf(content)).join("");
}

import type { Mark, Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { filingField } from "./extensions.js";

/** Yjs passes new children as arguments of one call, and a call can only take so many. */
const mostAtOnce = 10_000;

/**
 * Answers the Yjs v1 update that writes a filing into an empty document, in the name of the Yjs client given.
 * It writes what TipTap's binding would write, to the attribute: any difference would be mended by the first editor
 * that opens the filing, and recorded as an edit of whoever opened it.
 */
export function fragmentUpdateOf(filing: Node, clientId?: number): Uint8Array {
  const doc = new Y.Doc();
  if (clientId !== undefined) doc.clientID = clientId;
  // One transaction, so that the import is one change and one version.
  doc.transact(() => append(doc.getXmlFragment(filingField), filing));
  return Y.encodeStateAsUpdate(doc);
}

function append(parent: Y.XmlFragment, node: Node): void {
  const children = childTypes(node);
  for (let from = 0; from < children.length; from += mostAtOnce) {
    parent.insert(from, children.slice(from, from + mostAtOnce));
  }
}

function childTypes(node: Node): (Y.XmlElement | Y.XmlText)[] {
  const types: (Y.XmlElement | Y.XmlText)[] = [];
  let texts: Node[] = [];
  const endText = () => {
    if (texts.length > 0) types.push(textType(texts));
    texts = [];
  };
  for (const child of node.children) {
    if (child.isText) texts.push(child);
    else {
      endText();
      types.push(elementType(child));
    }
  }
  endText();
  return types;
}

function elementType(node: Node): Y.XmlElement {
  const element = new Y.XmlElement(node.type.name);
  for (const [name, value] of Object.entries(node.attrs)) {
    if (value !== null) element.setAttribute(name, value);
  }
  append(element, node);
  return element;
}

function textType(texts: readonly Node[]): Y.XmlText {
  const text = new Y.XmlText();
  text.applyDelta(texts.map((node) => ({ insert: node.text ?? "", attributes: markAttributes(node.marks) })));
  return text;
}

function markAttributes(marks: readonly Mark[]): Record<string, unknown> {
  return Object.fromEntries(marks.map((mark) => [mark.type.name, mark.attrs]));
}

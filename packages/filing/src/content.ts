import type { Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { filingField, textField } from "./extensions.js";
import { fitDocument } from "./fit.js";
import { readFragment } from "./read-fragment.js";
import { escapeHtml, toHtml } from "./to-html.js";
import { toText } from "./to-text.js";

/** What a document is: a rich-text filing or plain text. */
export type DocumentKind = "FILING" | "TEXT";

/** How content is written out: readable text, a body fragment of HTML, or JSON. */
export type ContentFormat = "TEXT" | "HTML" | "JSON";

/** Answers the filing in a Yjs document as a valid ProseMirror document, whatever its clients have put there. */
export function readFiling(doc: Y.Doc): Node {
  const type = rootOf(doc, filingField, () => doc.getXmlFragment(filingField));
  return fitDocument(readFragment(type));
}

/** Answers the content of a document in the format asked for; it never throws, whatever its clients have put there. */
export function readContent(doc: Y.Doc, kind: DocumentKind, format: ContentFormat): string {
  return kind === "FILING" ? writeFiling(readFiling(doc), format) : writeText(readText(doc), format);
}

function writeFiling(filing: Node, format: ContentFormat): string {
  switch (format) {
    case "TEXT":
      return toText(filing);
    case "HTML":
      return toHtml(filing);
    case "JSON":
      return JSON.stringify(filing.toJSON());
  }
}

function writeText(text: string, format: ContentFormat): string {
  switch (format) {
    case "TEXT":
      return text;
    case "HTML":
      // A parser drops the first line feed in a `pre`: this one, not the text's own.
      return `<pre>\n${escapeHtml(text)}</pre>`;
    case "JSON":
      return JSON.stringify({ text });
  }
}

function readText(doc: Y.Doc): string {
  const type = rootOf(doc, textField, () => doc.getText(textField));
  if (!(type instanceof Y.Text)) return toText(fitDocument(readFragment(type)));
  const delta: { insert?: unknown }[] = type.toDelta();
  return delta.map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
}

/** A root type takes the class of whoever names it first; asking for another class throws, so this never asks twice. */
function rootOf(doc: Y.Doc, name: string, define: () => unknown): unknown {
  const known = doc.share.get(name);
  return known === undefined || known.constructor === Y.AbstractType ? define() : known;
}

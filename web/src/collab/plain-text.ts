import { filingField, textField } from "@onrecord/filing/extensions";
import { type Doc, XmlElement, type XmlFragment, XmlText } from "yjs";

/** The words of a document of either kind. */
export function wordsOf(doc: Doc): string {
  return plainText(doc.getXmlFragment(filingField)) || doc.getText(textField).toString();
}

/** The words of a filing, one block a line: enough to carry them to safety. */
export function plainText(fragment: XmlFragment): string {
  return fragment
    .toArray()
    .map(textOf)
    .filter((text) => text !== "")
    .join("\n\n");
}

function textOf(node: unknown): string {
  if (node instanceof XmlText) {
    const delta: { insert?: unknown }[] = node.toDelta();
    return delta.map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
  }
  if (!(node instanceof XmlElement)) return "";
  if (node.nodeName === "hardBreak") return "\n";
  const children = node.toArray();
  const inline = children.every(
    (child) => child instanceof XmlText || (child instanceof XmlElement && child.nodeName === "hardBreak"),
  );
  return children.map(textOf).join(inline ? "" : node.nodeName === "tableRow" ? "\t" : "\n");
}

import { Mark, Node } from "@tiptap/core";
import type { DOMOutputSpec, Node as PMNode } from "@tiptap/pm/model";
import { fitDocument } from "../fit.js";
import type { LooseNode } from "../loose.js";

/** What a foreign node stands for, and what can be read of it. */
export interface Foreign {
  /** The id of the shared type; empty for a value that is none. */
  readonly ref: string;
  /** An object that stands within a text, where that is no shared type. */
  readonly embed?: unknown;
  /** Whether it stands within a text, and not beside texts. */
  readonly inText: boolean;
  readonly name: string;
  readonly content: readonly LooseNode[];
}

/**
 * A block of the shared document that the page's schema has no place for: an unknown node, or a known one whose content it does not
 * know. It is shown as what can be read of it, cannot be written into, and stays in the shared document as it is. It has no rule to be
 * parsed by: pasted, it is the text that it shows.
 */
export const ForeignBlock = Node.create({
  name: "foreignBlock",
  group: "block",
  atom: true,
  selectable: true,
  draggable: true,
  addAttributes: () => ({ foreign: { default: null, rendered: false } }),
  renderHTML: ({ node }): DOMOutputSpec => [
    "div",
    { class: "foreign", "data-foreign": nameOf(foreignOf(node)?.name), contenteditable: "false" },
    drawn(node),
  ],
  renderText: ({ node }) => drawnContent(node).textBetween(0, drawnContent(node).content.size, "\n"),
});

/** The same within a line: an embedded object, or an element that is no character. */
export const ForeignInline = Node.create({
  name: "foreignInline",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,
  addAttributes: () => ({ foreign: { default: null, rendered: false } }),
  renderHTML: ({ node }): DOMOutputSpec => {
    const words = drawnContent(node).textContent;
    return [
      "span",
      { class: "foreign", "data-foreign": nameOf(foreignOf(node)?.name), contenteditable: "false" },
      // Half of a line end has nothing to show.
      words === "" && foreignOf(node)?.embed !== "\r" ? "\ufffc" : words.trim(),
    ];
  },
  renderText: ({ node }) => drawnContent(node).textContent,
});

/** A formatting that the page's schema does not know: what is typed within it has it too, as in the editor that made it. */
export const ForeignMark = Mark.create({
  name: "foreignMark",
  excludes: "",
  addAttributes: () => ({ key: { default: "", rendered: false }, value: { default: null, rendered: false } }),
  renderHTML: ({ mark }): DOMOutputSpec => ["span", { "data-foreign-mark": nameOf(mark.attrs.key) }, 0],
});

/** A name that another program gave: it stands in an attribute, where a few letters tell enough. */
function nameOf(given: unknown): string {
  return typeof given === "string" ? given.slice(0, 100) : "";
}

/** What the page's schema has beside the filing's, to show what it does not know. */
export const foreignExtensions = [ForeignBlock, ForeignInline, ForeignMark];

/** What a node stands for; null for a node that the schema knows. */
export function foreignOf({ type, attrs }: PMNode): Foreign | null {
  return type.name === ForeignBlock.name || type.name === ForeignInline.name ? attrs.foreign : null;
}

function drawnContent(node: PMNode): PMNode {
  return fitDocument(foreignOf(node)?.content ?? []);
}

/** ProseMirror's notation of an element: its name, perhaps attributes, its content. Text is a string. */
type Spec = string | readonly unknown[];

/** What can be read of it, drawn by the rules by which the page draws the rest. */
function drawn(node: PMNode): Spec {
  const { schema } = node.type;
  return ["div", ...schema.nodeFromJSON(drawnContent(node).toJSON()).children.map(specOf)];
}

function specOf(node: PMNode): Spec {
  const own = node.isText
    ? (node.text ?? "")
    : filled(node.type.spec.toDOM?.(node) ?? ["span", 0], node.children.map(specOf));
  return node.marks.reduceRight<Spec>(
    (inner, mark) => filled(mark.type.spec.toDOM?.(mark, true) ?? ["span", 0], [inner]),
    own,
  );
}

/** An element with what stands in the place that it leaves for its content. */
function filled(spec: unknown, content: readonly Spec[]): Spec {
  if (!Array.isArray(spec)) throw new TypeError("an extension must describe its element as an array");
  return spec.flatMap((part: unknown) =>
    part === 0 ? content : Array.isArray(part) ? [filled(part, content)] : [part],
  );
}

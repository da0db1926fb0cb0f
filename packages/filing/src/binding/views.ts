import {
  type ContentMatch,
  Fragment,
  type Mark,
  type Node,
  type NodeType,
  type Schema,
} from "@tiptap/pm/model";
import * as Y from "yjs";
import { cleanAttributes } from "../clean-attributes.js";
import { deepestNesting } from "../loose.js";
import { joinLetters, readValue } from "../read-fragment.js";
import { hasBareRow, isTooWide } from "../table-width.js";
import { type Foreign, ForeignBlock, ForeignInline } from "./foreign.js";
import { marksOf } from "./marks.js";

/** An element of the shared document that holds others: the root, or anything below it. */
export type Parent = Y.XmlFragment;

/** A child of a shared element, and how many positions it takes in the content that is shown of its parent. */
export interface Slot {
  /** The child; undefined for what only the page shows, where the schema wants something and there is nothing. */
  readonly value: unknown;
  readonly size: number;
  /** How many children of the shared element it is, if not one: letters that stand in an element without a text count one each. */
  readonly count?: number;
}

/** A shared element as it is shown. Without slots it is shown as a whole, and nobody can write into it. */
export interface View {
  readonly node: Node;
  readonly slots: readonly Slot[] | null;
}

/**
 * The shared document as a valid document of the editor. Reading never writes: what the schema does not know, or not there, is shown as
 * foreign; an attribute that is not sound is shown as if it were not set. What was read is kept by element until that changes, so that
 * what stays the same is the same node.
 */
export class Views {
  readonly #views = new WeakMap<Parent, View>();
  readonly #foreignValues = new Map<string, unknown>();

  constructor(
    readonly root: Parent,
    readonly schema: Schema,
  ) {}

  /** The whole document. */
  get document(): Node {
    return this.#whole().node;
  }

  /** The children of an element that is shown with them. */
  slotsOf(element: Parent): readonly Slot[] {
    if (element === this.root) return this.#whole().slots ?? [];
    if (element instanceof Y.XmlElement) this.#element(element, false, depthOf(element));
    return this.#views.get(element)?.slots ?? [];
  }

  /** What is kept of an element; undefined for one that has changed, or that is shown only as part of a foreign node. */
  known(element: Parent): View | undefined {
    return this.#views.get(element);
  }

  keep(element: Parent, view: View): void {
    this.#views.set(element, view);
  }

  /** Forgets an element that has changed, and what it stands in. */
  forget(type: unknown): void {
    for (let at: unknown = type; at instanceof Y.AbstractType; at = at.parent)
      if (at instanceof Y.XmlFragment) this.#views.delete(at);
  }

  /** The shared value that a foreign node stands for. */
  foreignValue(ref: string): unknown {
    return this.#foreignValues.get(ref);
  }

  #whole(): View {
    const known = this.#views.get(this.root);
    if (known) return known;
    const view = this.#read(this.root, this.schema.topNodeType, 0);
    this.#views.set(this.root, view);
    return view;
  }

  #read(element: Parent, type: NodeType, depth: number): View {
    const slots: Slot[] = [];
    const children: Node[] = [];
    for (const { value, count } of joinLetters(element.toArray())) {
      const shown = type.inlineContent ? this.#inline(value, type) : this.#block(value, type, depth);
      const size = shown.reduce((sum, { nodeSize }) => sum + nodeSize, 0);
      slots.push(count === 1 ? { value, size } : { value, size, count });
      children.push(...shown);
    }
    if (!type.inlineContent) fillIn(type, children, slots);
    const attrs = element instanceof Y.XmlElement ? cleanAttributes(type, element.getAttributes()) : null;
    return { node: type.create(attrs, Fragment.fromArray(children)), slots };
  }

  #element(element: Y.XmlElement, inline: boolean, depth: number): Node {
    const known = this.#views.get(element);
    if (known && known.node.isInline === inline) return known.node;
    const view = this.#knownElement(element, inline, depth) ?? {
      node: this.#foreign(element, inline),
      slots: null,
    };
    this.#views.set(element, view);
    return view.node;
  }

  /** Null where the schema does not know it, or not with this content. */
  #knownElement(element: Y.XmlElement, inline: boolean, depth: number): View | null {
    const type = typeNamed(this.schema, element.nodeName);
    if (type === null || type.isInline !== inline || depth >= deepestNesting) return null;
    if (type.isLeaf && element.length > 0) return null;
    const view = this.#read(element, type, depth + 1);
    const { node } = view;
    return type.validContent(node.content) && !isTooWide(node) && !hasBareRow(node) ? view : null;
  }

  #block(value: unknown, parent: NodeType, depth: number): Node[] {
    if (value instanceof Y.XmlElement) {
      const node = this.#element(value, false, depth);
      if (mayHold(parent, node.type)) return [node];
      // A row without a table: where it stands it is nothing that the schema knows.
      const foreign = this.#foreign(value, false);
      this.#views.set(value, { node: foreign, slots: null });
      return [foreign];
    }
    // An editor may leave an empty text where it took words away.
    if (value instanceof Y.Text && value.length === 0) return [];
    return [this.#foreign(value, false)];
  }

  #inline(value: unknown, parent: NodeType): Node[] {
    if (value instanceof Y.XmlElement) return [this.#element(value, true, 0)];
    if (!(value instanceof Y.Text)) return [this.#foreign(value, true)];
    const runs: { insert?: unknown; attributes?: Record<string, unknown> }[] = value.toDelta();
    return runs.flatMap(({ insert, attributes }) => {
      const marks = parent.allowedMarks(marksOf(this.schema, attributes));
      return typeof insert === "string"
        ? this.#text(insert, marks, parent)
        : [this.#foreign(insert, true, true).mark(marks)];
    });
  }

  /**
   * Text with its line ends as what they look like, unit for unit. As letters they would be changed with the next letter that is typed:
   * the editor reads a line from the page, and there they are spaces.
   */
  #text(text: string, marks: readonly Mark[], parent: NodeType): Node[] {
    const { hardBreak } = this.schema.nodes;
    if (hardBreak === undefined || !(parent.whitespace === "pre" ? /\r/ : /[\r\n]/).test(text))
      return [this.schema.text(text, marks)];
    return text
      .split(/(\r(?=\n)|[\r\n])/)
      .filter((part) => part !== "")
      .map((part, index, all) => {
        if (part === "\n" && parent.whitespace === "pre") return this.schema.text(part, marks);
        if (part === "\n" || (part === "\r" && all[index + 1] !== "\n"))
          return hardBreak.create(null, null, marks);
        return part === "\r" ? this.#foreign(part, true, true).mark(marks) : this.schema.text(part, marks);
      });
  }

  #foreign(value: unknown, inline: boolean, inText = false): Node {
    const name = value instanceof Y.XmlElement ? value.nodeName : "";
    const embed = inText && !(value instanceof Y.AbstractType) ? { embed: value } : {};
    const foreign: Foreign = { ref: this.#ref(value), ...embed, inText, name, content: readValue(value) };
    return this.schema.node(inline ? ForeignInline.name : ForeignBlock.name, { foreign });
  }

  /** The id that Yjs gave it; empty for a value that is no type. */
  #ref(value: unknown): string {
    if (!(value instanceof Y.AbstractType) || value._item === null) return "";
    const { client, clock } = value._item.id;
    const ref = `${client}:${clock}`;
    this.#foreignValues.set(ref, value);
    return ref;
  }
}

/** Whether a node may hold another of some kind, in whatever place. */
function mayHold(parent: NodeType, child: NodeType): boolean {
  const known = holds.get(parent)?.get(child);
  if (known !== undefined) return known;
  const answer = reaches(parent, child);
  holds.set(parent, (holds.get(parent) ?? new Map()).set(child, answer));
  return answer;
}

/** What is asked for every block of a document, each time that one of them changes. */
const holds = new WeakMap<NodeType, Map<NodeType, boolean>>();

function reaches(parent: NodeType, child: NodeType): boolean {
  const seen = new Set<ContentMatch>([parent.contentMatch]);
  for (const match of seen) {
    if (match.matchType(child)) return true;
    for (let i = 0; i < match.edgeCount; i++) seen.add(match.edge(i).next);
  }
  return false;
}

/** How many elements an element stands in. */
function depthOf(element: Parent): number {
  let depth = -1;
  for (let at: unknown = element.parent; at instanceof Y.XmlFragment; at = at.parent) depth++;
  return depth;
}

/** A name of the shared document that is a node of the schema; `text` and the document itself are none that an element could be. */
function typeNamed(schema: Schema, name: string): NodeType | null {
  const type = Object.hasOwn(schema.nodes, name) ? schema.nodes[name] : undefined;
  if (type === undefined || type.isText || type === schema.topNodeType) return null;
  return name === ForeignBlock.name || name === ForeignInline.name ? null : type;
}

/** Where the schema wants something (an empty document a paragraph, a list item one before its heading), the page shows it; nobody has written it. */
function fillIn(type: NodeType, children: Node[], slots: Slot[]): void {
  const content = Fragment.fromArray(children);
  if (type.validContent(content)) return;
  const before = type.contentMatch.fillBefore(content, true);
  if (before === null) return;
  children.unshift(...before.content);
  slots.unshift(...before.content.map(({ nodeSize }) => ({ value: undefined, size: nodeSize })));
}

/** How many children of a shared element a slot is. */
export function countOf({ value, count }: Slot): number {
  return value === undefined ? 0 : (count ?? 1);
}

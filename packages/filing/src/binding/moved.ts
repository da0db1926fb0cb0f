import type { Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { align } from "./align.js";
import type { Builder } from "./build.js";
import { copiesBetween, copyAs, copyOfEmbedded } from "./copy.js";
import { foreignOf } from "./foreign.js";
import { changedRegion, lineOf } from "./line.js";
import type { Parent, Views } from "./views.js";

/** What a change takes away, and what it puts in. */
interface Changed {
  readonly gone: [node: Node, value: unknown][];
  readonly come: Node[];
  /** Parts of lines. */
  readonly cut: Cut[];
}

interface Cut {
  readonly line: Node;
  readonly element: Y.XmlElement;
  readonly from: number;
  readonly to: number;
}

/**
 * How what a change puts in is written. Yjs cannot move what it has, so a node that a change takes away and puts in elsewhere (dragged,
 * wrapped into a list, lifted out of one) is copied, with everything that the page does not show of it. It is read before anything is
 * taken away. `copied` are the copies: they have other ids than what the editor's nodes say.
 */
export function builderFor(
  views: Views,
  old: Node,
  next: Node,
): Builder & { readonly copied: readonly Y.AbstractType<unknown>[] } {
  const copies = copiesFor(views, changed(views, views.root, old, next));
  const copied: Y.AbstractType<unknown>[] = [];
  return {
    copy: (node) => {
      const made = (copies.get(node) ?? copies.get(foreignOf(node)?.ref ?? ""))?.();
      if (made instanceof Y.AbstractType) copied.push(made);
      return made ?? null;
    },
    made: (element, view) => views.keep(element, view),
    copied,
  };
}

type Copies = Map<Node | string, () => unknown>;

function copiesFor(views: Views, { gone, come, cut }: Changed): Copies {
  const copies: Copies = new Map();
  if (come.length === 0) return copies;
  const values = new Map<Node, unknown>();
  for (const [node, value] of gone) note(views, node, value, values);
  const look = (node: Node): boolean => {
    const ref = foreignOf(node)?.ref;
    const value = values.get(node) ?? (ref ? views.foreignValue(ref) : undefined);
    const copy =
      value === undefined ? (restyledCopy(node, values) ?? cutCopy(views, node, cut)) : copyOfEmbedded(value);
    if (copy) copies.set(ref || node, copy);
    return copy === null;
  };
  for (const node of come) if (look(node)) node.descendants(look);
  return copies;
}

/** A line that has become of another kind, as a paragraph that becomes a heading: Yjs names an element once, so another takes its place. */
function restyledCopy(node: Node, gone: ReadonlyMap<Node, unknown>): (() => Y.XmlElement) | null {
  if (!node.inlineContent || node.content.size === 0) return null;
  for (const [old, value] of gone)
    if (
      value instanceof Y.XmlElement &&
      old.inlineContent &&
      old.type !== node.type &&
      old.content.eq(node.content)
    )
      return copyAs(value, node, Object.keys(old.type.spec.attrs ?? {}));
  return null;
}

/** The other half of a line that was divided. */
function cutCopy(views: Views, node: Node, cuts: readonly Cut[]): (() => Y.XmlElement) | null {
  if (!node.inlineContent || node.content.size === 0) return null;
  const found = cuts.find(({ line, from, to }) => line.content.cut(from, to).eq(node.content));
  if (!found) return null;
  const { line, element, from, to } = found;
  const children = copiesBetween(views.slotsOf(element), from, to);
  return copyAs(element, node, Object.keys(line.type.spec.attrs ?? {}), children);
}

/** The shared values of a node that goes, and of all in it. */
function note(views: Views, node: Node, value: unknown, values: Map<Node, unknown>): void {
  if (!(value instanceof Y.XmlElement)) return;
  values.set(node, value);
  if (node.isLeaf || node.inlineContent || foreignOf(node)) return;
  const shown = views.slotsOf(value).filter(({ size }) => size > 0);
  for (const [index, slot] of shown.entries()) note(views, node.child(index), slot.value, values);
}

function changed(views: Views, element: Parent, old: Node, next: Node): Changed {
  const found: Changed = { gone: [], come: [], cut: [] };
  const compare = (parent: Parent, was: Node, is: Node) => {
    if (is.inlineContent) {
      const there = new Set(was.children);
      found.come.push(...is.children.filter((child) => foreignOf(child) !== null && !there.has(child)));
      const region = changedRegion(lineOf(was), lineOf(is));
      if (region && region.from < region.to && parent instanceof Y.XmlElement)
        found.cut.push({ line: was, element: parent, from: region.from, to: region.to });
      return;
    }
    const shown = views.slotsOf(parent).filter(({ size }) => size > 0);
    const [stayed, became] = [new Set<number>(), new Set<number>()];
    for (const [i, j] of align(was.children, is.children)) {
      stayed.add(i);
      became.add(j);
      const value = shown[i]?.value;
      if (was.child(i) !== is.child(j) && value instanceof Y.XmlElement && foreignOf(is.child(j)) === null)
        compare(value, was.child(i), is.child(j));
    }
    was.children.forEach((child, i) => {
      if (!stayed.has(i)) found.gone.push([child, shown[i]?.value]);
    });
    found.come.push(...is.children.filter((_, j) => !became.has(j)));
  };
  compare(element, old, next);
  return found;
}

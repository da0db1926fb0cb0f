import type { Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { cleanAttributes } from "../clean-attributes.js";
import type { SharedChild } from "./build.js";
import type { Slot } from "./views.js";

/** Makes again what was read. */
type Copy = () => SharedChild;

/** Reads an object within a text so that it can be written again, once. */
export function copyOfEmbedded(value: unknown): (() => unknown) | null {
  const copy = copyOf(value);
  if (copy || !isShared(value)) return copy;
  let clone: unknown = value.clone();
  return () => {
    const only = clone;
    clone = null;
    return only;
  };
}

/**
 * Reads a shared value so that it can be written again elsewhere, as often as wanted: Yjs cannot move what it has, and what is taken
 * away cannot be read any more. Null for what is no part of an XML document.
 */
export function copyOf(value: unknown): (() => SharedChild) | null {
  if (value instanceof Y.XmlElement) {
    const { nodeName } = value;
    const attributes = Object.entries<unknown>(value.getAttributes()).filter(([, one]) => !isShared(one));
    const children = (value.toArray() as unknown[]).flatMap((child) => copyOf(child) ?? []);
    return () => elementOf(nodeName, attributes, children);
  }
  if (!(value instanceof Y.Text)) return null;
  const runs = runsOf(value, 0);
  const attributes = Object.entries<unknown>(value.getAttributes());
  return () => textOf(runs, attributes);
}

/** Reads an element so that it can be written as one of another kind: with what it holds, and the attributes that the page does not know. */
export function copyAs(
  value: Y.XmlElement,
  node: Node,
  known: readonly string[],
  children: readonly Copy[] = (value.toArray() as unknown[]).flatMap((child) => copyOf(child) ?? []),
): () => Y.XmlElement {
  const own = node.type.create(cleanAttributes(node.type, node.attrs)).attrs;
  const kept = Object.entries<unknown>(value.getAttributes()).filter(
    ([name, one]) => !known.includes(name) && !(name in own) && !isShared(one),
  );
  const attributes = [...kept, ...Object.entries<unknown>(own).filter(([, one]) => one !== null)];
  return () => elementOf(node.type.name, attributes, children);
}

/** Reads what stands between two units of a line. */
export function copiesBetween(slots: readonly Slot[], from: number, to: number): Copy[] {
  const copies: Copy[] = [];
  let at = 0;
  for (const { value, size } of slots) {
    const [start, end] = [Math.max(from, at) - at, Math.min(to, at + size) - at];
    at += size;
    if (start >= end) continue;
    if (value instanceof Y.Text && (start > 0 || end < size)) {
      const runs = runsOf(value, start, end);
      copies.push(() => textOf(runs, []));
    } else copies.push(...[copyOf(value) ?? []].flat());
  }
  return copies;
}

/** The end of a text, with every attribute of it, as a text of its own. */
export function tailOf(text: Y.Text, from: number): Y.XmlText {
  return textOf(runsOf(text, from), Object.entries<unknown>(text.getAttributes()));
}

function elementOf(
  name: string,
  attributes: readonly (readonly [string, unknown])[],
  children: readonly (() => SharedChild)[],
): Y.XmlElement {
  const element = new Y.XmlElement(name);
  // The types of Yjs allow text only; the editors of a filing write numbers and lists.
  for (const [key, one] of attributes) element.setAttribute(key, one as string);
  element.insert(
    0,
    children.map((make) => make()),
  );
  return element;
}

interface Run {
  readonly insert: unknown;
  readonly attributes?: Record<string, unknown>;
}

function textOf(runs: readonly Run[], attributes: readonly (readonly [string, unknown])[]): Y.XmlText {
  const text = new Y.XmlText();
  for (const [name, one] of attributes) if (!isShared(one)) text.setAttribute(name, one as string);
  text.applyDelta([...runs]);
  return text;
}

function runsOf(text: Y.Text, from: number, to = Number.POSITIVE_INFINITY): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const run of text.toDelta() as Run[]) {
    const size = typeof run.insert === "string" ? run.insert.length : 1;
    const insert =
      typeof run.insert === "string" ? run.insert.slice(Math.max(0, from - at), to - at) : run.insert;
    if (at + size > from && at < to)
      runs.push({ ...run, insert: isShared(insert) ? insert.clone() : insert });
    at += size;
  }
  return runs;
}

function isShared(value: unknown): value is Y.AbstractType<unknown> {
  return value instanceof Y.AbstractType;
}

import * as Y from "yjs";
import { deepestNesting, type LooseMark, type LooseNode } from "./loose.js";

/**
 * Reads what a Y.XmlFragment holds, whoever wrote it: Yjs lets a client put any type or value under any name, at any
 * depth, so nothing here trusts a shape, and nothing recurses deeper than a filing may.
 */
export function readFragment(type: unknown): LooseNode[] {
  return childrenOf(type).flatMap((child) => readChild(child, 0));
}

/** What can be read of one value that stands in a fragment, or in a text of it. */
export function readValue(value: unknown): LooseNode[] {
  return readChild(value, 0);
}

function readChild(child: unknown, depth: number): LooseNode[] {
  if (depth >= deepestNesting) return asText(textBelow(child));
  if (child instanceof Y.XmlElement) {
    const content = childrenOf(child).flatMap((inner) => readChild(inner, depth + 1));
    return [{ type: child.nodeName, attrs: child.getAttributes(), content }];
  }
  if (child instanceof Y.Text) {
    const content = readText(child, depth);
    // Lexical's blocks are texts among texts, each with its type in an attribute.
    const block: unknown = child instanceof Y.XmlText ? child.getAttribute("__type") : undefined;
    return typeof block === "string" ? [{ type: block, content }] : content;
  }
  if (child instanceof Y.XmlFragment)
    return childrenOf(child).flatMap((inner) => readChild(inner, depth + 1));
  return asText(textBelow(child));
}

function readText(text: Y.Text, depth: number): LooseNode[] {
  const delta: { insert?: unknown; attributes?: Record<string, unknown> }[] = text.toDelta();
  return delta.flatMap(({ insert, attributes = {} }) =>
    typeof insert === "string"
      ? [{ type: "text", text: insert, marks: Object.entries(attributes).map(readMark) }]
      : readChild(insert, depth + 1),
  );
}

function readMark([name, attrs]: [string, unknown]): LooseMark {
  // y-tiptap stores marks that may overlap themselves under `name--hash`.
  const type = /^(.*)--[\w+/=]{8}$/.exec(name)?.[1] ?? name;
  return typeof attrs === "object" && attrs !== null ? { type, attrs: { ...attrs } } : { type };
}

function asText(text: string): LooseNode[] {
  return text === "" ? [] : [{ type: "text", text }];
}

/** The text under a node, found without recursion: the nesting here is a stranger's. */
function textBelow(root: unknown): string {
  const words: string[] = [];
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === "string") words.push(next);
    else if (next instanceof Y.Text) {
      const delta: { insert?: unknown }[] = next.toDelta();
      for (const { insert } of delta.reverse()) pending.push(insert);
    } else if (next instanceof Y.XmlFragment) {
      pending.push(" ");
      for (const child of childrenOf(next).reverse()) pending.push(child);
    }
  }
  return words.join("").trim();
}

/** Letters that stand next to each other in an element, without a text, come one by one: here they are one text. */
export function joinLetters(values: readonly unknown[]): { value: unknown; count: number }[] {
  const joined: { value: unknown; count: number }[] = [];
  for (const value of values) {
    const last = joined.at(-1);
    if (typeof value === "string" && last && typeof last.value === "string") {
      last.value += value;
      last.count++;
    } else joined.push({ value, count: 1 });
  }
  return joined;
}

function childrenOf(type: unknown): unknown[] {
  if (type instanceof Y.XmlFragment) return joinLetters(type.toArray()).map(({ value }) => value);
  if (type instanceof Y.Text) return [type];
  return [];
}

import { Fragment, Mark, type Node, type NodeType } from "@tiptap/pm/model";
import { cleanAttributes } from "./clean-attributes.js";
import { deepestNesting, type LooseMark, type LooseNode } from "./loose.js";
import { filingSchema as schema } from "./schema.js";
import { isTooWide, withoutSpans } from "./table-width.js";

/**
 * Makes a valid filing of any tree: what has no place where it stands is wrapped or unwrapped until it has, what has
 * an unknown name is replaced by its content, and no text is lost.
 */
export function fitDocument(content: readonly LooseNode[]): Node {
  return schema.topNodeType.create(null, fitInto(schema.topNodeType, fitAll(content, 0)));
}

function fitAll(loose: readonly LooseNode[], depth: number): Node[] {
  return loose.flatMap((node) => fitOne(node, depth));
}

function fitOne(loose: LooseNode, depth: number): Node[] {
  if (loose.text !== undefined) return textNodes(loose.text, loose.marks);
  const type = Object.hasOwn(schema.nodes, loose.type) ? schema.nodes[loose.type] : undefined;
  const children = fitAll(loose.content ?? [], depth + 1);
  // An element may call itself `text` or `doc` without being either.
  if (type === undefined || type.isText || type === schema.topNodeType || depth >= deepestNesting)
    return children;
  if (type.isLeaf) return [type.create(cleanAttributes(type, loose.attrs ?? {})), ...children];
  const made = type.create(cleanAttributes(type, loose.attrs ?? {}), fitInto(type, children));
  return [isTooWide(made) ? withoutSpans(made) : made];
}

function textNodes(text: string, loose: readonly LooseMark[] = []): Node[] {
  if (text === "") return [];
  let marks = Mark.none;
  for (const { type: name, attrs = {} } of loose) {
    const type = Object.hasOwn(schema.marks, name) ? schema.marks[name] : undefined;
    if (type === undefined) continue;
    const clean = cleanAttributes(type, attrs);
    if (name === "link" && clean.href === undefined) continue;
    marks = type.create(clean).addToSet(marks);
  }
  return [schema.text(text, marks)];
}

function fitInto(parent: NodeType, nodes: readonly Node[]): Fragment {
  if (parent.inlineContent) return Fragment.fromArray(inlinesOf(nodes, parent));
  const placed: Node[] = [];
  let match = parent.contentMatch;
  const push = (node: Node) => {
    const next = match.matchType(node.type);
    if (next === null) return false;
    match = next;
    placed.push(node);
    return true;
  };
  for (const run of runsOfStrays(nodes, (node) => parent.contentMatch.matchType(node.type) !== null)) {
    const [first] = run;
    if (first === undefined) continue;
    if (run.length === 1 && push(first)) continue;
    const missing = match.fillBefore(Fragment.from(first));
    if (run.length === 1 && missing !== null) {
      for (const node of [...missing.content, first]) push(node);
      continue;
    }
    const wrappers = match.findWrapping(first.type);
    if (wrappers !== null && wrappers.length > 0) {
      push(wrap(wrappers, run));
      continue;
    }
    for (const node of fitInto(parent, run.flatMap(unwrapped)).content) push(node);
  }
  const rest = match.fillBefore(Fragment.empty, true);
  return Fragment.fromArray(rest === null ? placed : [...placed, ...rest.content]);
}

function wrap(types: readonly NodeType[], nodes: readonly Node[]): Node {
  const [outer, ...inner] = types;
  if (outer === undefined) throw new Error("a wrapping has at least one node type");
  return outer.create(null, inner.length === 0 ? fitInto(outer, nodes) : Fragment.from(wrap(inner, nodes)));
}

/** Groups neighbours that need the same wrapping, so that a bold word does not become a paragraph of its own. */
function runsOfStrays(nodes: readonly Node[], hasPlace: (node: Node) => boolean): Node[][] {
  const runs: Node[][] = [];
  let lastKind: string | null = null;
  for (const node of nodes) {
    const kind = hasPlace(node) ? null : node.isInline ? "inline" : node.type.name;
    const last = runs.at(-1);
    if (kind !== null && kind === lastKind && last !== undefined) last.push(node);
    else runs.push([node]);
    lastKind = kind;
  }
  return runs;
}

/** One level less of structure; text, which has none to give up, gets the paragraph that every block place accepts. */
function unwrapped(node: Node): readonly Node[] {
  if (node.isInline) return [schema.node("paragraph", null, node)];
  return node.content.content;
}

function inlinesOf(nodes: readonly Node[], parent: NodeType): Node[] {
  const inlines: Node[] = [];
  const add = (node: Node) => {
    if (node.isText && node.text !== undefined) inlines.push(...linesOf(node.text, node.marks, parent));
    else if (node.isInline && parent.contentMatch.matchType(node.type) !== null) inlines.push(node);
    else if (node.type.name === "hardBreak") inlines.push(schema.text("\n"));
    else if (node.childCount > 0) {
      // Two blocks that become one line must not run their words together.
      if (inlines.length > 0 && !node.isInline) inlines.push(schema.text(" "));
      for (const child of node.content.content) add(child);
    }
  };
  for (const node of nodes) add(node);
  return inlines;
}

/** A line feed within a line is a line break; where code keeps its own, it stays. */
function linesOf(text: string, marks: readonly Mark[], parent: NodeType): Node[] {
  const allowed = parent.allowedMarks(marks);
  if (parent.whitespace === "pre") return [schema.text(text, allowed)];
  return text
    .split(/(\r?\n|\r)/)
    .filter((part) => part !== "")
    .map((part) => (/[\r\n]/.test(part) ? schema.node("hardBreak") : schema.text(part, allowed)));
}

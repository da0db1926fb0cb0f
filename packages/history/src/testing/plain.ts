import * as Y from "yjs";
import type { Piece, Root, TreeNode } from "../attribution/content-tree.js";
import { toJson } from "../attribution/to-json.js";

/** The content of every type of a random history, read through Yjs's own interface. */
export function plainContent(doc: Y.Doc): Record<string, unknown> {
  return {
    content: plain(doc.getText("content")),
    default: plain(doc.getXmlFragment("default")),
    list: plain(doc.getArray("list")),
    map: plain(doc.getMap("map")),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Y.Text)
    return joined(value.toDelta().map(({ insert, attributes = {} }: Delta) => [plain(insert), attributes]));
  if (value instanceof Y.XmlElement)
    return { name: value.nodeName, attributes: value.getAttributes(), children: value.toArray().map(plain) };
  if (value instanceof Y.XmlFragment || value instanceof Y.Array) return value.toArray().map(plain);
  if (value instanceof Y.Map)
    return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return toJson(value);
}

interface Delta {
  insert: unknown;
  attributes?: object;
}

/** One side of a described difference: `deleted` for what the older version had, `inserted` for the newer one. */
export function sideOfTree(roots: readonly Root[], side: "deleted" | "inserted"): Record<string, unknown> {
  const empty = { content: [], default: [], list: [], map: {} };
  const found = roots.map(({ name, node }) => [name, plainNode(node, side)] as const);
  return { ...empty, ...Object.fromEntries(found) };
}

function plainNode({ type, name, entries, children }: TreeNode, side: "deleted" | "inserted"): unknown {
  const kept = children.filter(({ change }) => change === "same" || change === side);
  const attributes = Object.fromEntries(
    entries.flatMap(({ key, pieces }) =>
      pieces
        .filter(({ change }) => change === "same" || change === side)
        .map((piece) => [key, plainPiece(piece, side)]),
    ),
  );
  switch (type) {
    case "text":
      return joined(kept.map((piece) => [plainPiece(piece, side), formatOf(piece, side)]));
    case "element":
      return { name, attributes, children: kept.map((piece) => plainPiece(piece, side)) };
    case "map":
      return attributes;
    default:
      return kept.map((piece) => plainPiece(piece, side));
  }
}

function plainPiece(piece: Piece, side: "deleted" | "inserted"): unknown {
  if ("text" in piece) return piece.text;
  return "value" in piece ? piece.value : plainNode(piece.node, side);
}

/** The formatting of a run on one side: what was changed is put back for the older one. */
function formatOf({ format = {}, reformatted = [] }: Piece, side: "deleted" | "inserted"): object {
  if (side === "inserted") return format;
  const before = { ...format, ...Object.fromEntries(reformatted.map(({ key, before }) => [key, before])) };
  return Object.fromEntries(Object.entries(before).filter(([, value]) => value !== null));
}

/** Neighbouring runs of text with the same formatting as one: how runs are cut says nothing. */
function joined(runs: readonly [unknown, object][]): [unknown, string][] {
  const out: [unknown, string][] = [];
  for (const [insert, attributes] of runs) {
    const format = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    const last = out.at(-1);
    if (last && typeof insert === "string" && typeof last[0] === "string" && last[1] === format)
      last[0] += insert;
    else out.push([insert, format]);
  }
  return out;
}

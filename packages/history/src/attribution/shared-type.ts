import * as Y from "yjs";
import type { TreeNode } from "./content-tree.js";

/** A shared type, as Yjs's own declarations have it. */
export type Shared = Y.Doc["share"] extends Map<string, infer Type> ? Type : never;

/** A root type has no class until somebody asks for one: what stands in it tells which it is. */
export function kindOf(type: Shared): TreeNode["type"] {
  if (type instanceof Y.Text) return "text";
  if (type instanceof Y.XmlElement) return "element";
  if (type instanceof Y.XmlFragment) return "fragment";
  if (type instanceof Y.Map) return "map";
  if (type instanceof Y.Array) return "array";
  for (let item = type._start; item !== null; item = item.right) {
    const { content } = item;
    if (content instanceof Y.ContentString || content instanceof Y.ContentFormat) return "text";
    if (content instanceof Y.ContentEmbed) return "text";
    if (content instanceof Y.ContentType && isXml(content.type)) return "fragment";
    if (!(content instanceof Y.ContentDeleted)) return "array";
  }
  return type._map.size > 0 ? "map" : "array";
}

function isXml(type: Shared): boolean {
  return type instanceof Y.XmlElement || type instanceof Y.XmlText || type instanceof Y.XmlHook;
}

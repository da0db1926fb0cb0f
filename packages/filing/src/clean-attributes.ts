import type { Attrs, MarkType, NodeType } from "@tiptap/pm/model";
import { soundValue } from "./attribute-values.js";

/**
 * Keeps of a node's or mark's attributes those that the schema knows and whose value is sound; the schema's default
 * stands in for every other. A link's class, target and title are among the others: they are the reader's, not the writer's.
 */
export function cleanAttributes(
  type: NodeType | MarkType,
  attributes: Readonly<Record<string, unknown>>,
): Attrs {
  const clean: Record<string, unknown> = {};
  for (const name of Object.keys(type.spec.attrs ?? {})) {
    const value = Object.hasOwn(attributes, name) ? soundValue(name, attributes[name]) : undefined;
    if (value !== undefined) clean[name] = value;
  }
  return clean;
}

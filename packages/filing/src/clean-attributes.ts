import type { Attrs, MarkType, NodeType } from "@tiptap/pm/model";
import { safeAnchor } from "./anchor.js";
import { safeHref } from "./safe-href.js";

type Cleaner = (value: unknown) => unknown;

const oneOf =
  (...allowed: string[]): Cleaner =>
  (value) =>
    typeof value === "string" && allowed.includes(value) ? value : undefined;

const wholeNumber =
  (least: number, most: number): Cleaner =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;

/** A whole number, also where an editor wrote it as text. */
const wholeNumberOrText =
  (least: number, most: number): Cleaner =>
  (value) =>
    wholeNumber(least, most)(typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value);

const widths: Cleaner = (value) =>
  Array.isArray(value) &&
  value.length <= 1000 &&
  value.every((width) => wholeNumber(0, 10_000)(width) !== undefined)
    ? value
    : undefined;

const cleaners: Readonly<Record<string, Cleaner>> = {
  level: wholeNumberOrText(1, 6),
  textAlign: oneOf("left", "center", "right", "justify"),
  align: oneOf("left", "center", "right"),
  anchor: (value) => safeAnchor(value) ?? undefined,
  start: wholeNumberOrText(0, 1_000_000),
  type: oneOf("1", "a", "A", "i", "I"),
  language: (value) => (typeof value === "string" && /^[\w+#.-]{1,40}$/.test(value) ? value : undefined),
  colspan: wholeNumberOrText(1, 1000),
  rowspan: wholeNumberOrText(1, 10_000),
  colwidth: widths,
  href: (value) => safeHref(value) ?? undefined,
};

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
    const value = Object.hasOwn(attributes, name) ? cleaners[name]?.(attributes[name]) : undefined;
    if (value !== undefined) clean[name] = value;
  }
  return clean;
}

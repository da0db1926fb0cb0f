import { safeAnchor } from "./anchor.js";
import { safeHref } from "./safe-href.js";

/** Answers a value as it may be kept, or undefined for one that no filing has. */
type Sound = (value: unknown) => unknown;

const oneOf =
  (...allowed: string[]): Sound =>
  (value) =>
    typeof value === "string" && allowed.includes(value) ? value : undefined;

const wholeNumber =
  (least: number, most: number): Sound =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;

/** A whole number, also where an editor wrote it as text. */
const wholeNumberOrText =
  (least: number, most: number): Sound =>
  (value) =>
    wholeNumber(least, most)(typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value);

const widths: Sound = (value) =>
  Array.isArray(value) &&
  value.length <= 1000 &&
  value.every((width) => wholeNumber(0, 10_000)(width) !== undefined)
    ? value
    : undefined;

/** What every attribute of a filing may be, by its name; a name means the same wherever it stands. One that is not here may be nothing. */
const values: Readonly<Record<string, Sound>> = {
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
 * The value of an attribute as it may stand in a page, a copy or a mail, or undefined for one that may not: then the schema's default
 * counts. Everything that shows or writes out what somebody put into a filing asks here. Never throws, whatever the value.
 */
export function soundValue(name: string, value: unknown): unknown {
  return Object.hasOwn(values, name) ? values[name]?.(value) : undefined;
}

import { anchorName } from "../anchor.js";
import { safeHref } from "../safe-href.js";
import { type Declarations, points } from "./declarations.js";
import type { Look } from "./look.js";
import { symbolFontOf } from "./symbol-fonts.js";
import { wordItemOf } from "./word-item.js";

/** What a start tag says about itself, with attribute names in lower case. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly style: Declarations;
}

type Change = { -readonly [Key in keyof Look]?: Look[Key] };

const byName: Readonly<Record<string, Change>> = {
  b: { bold: true },
  strong: { bold: true },
  i: { italic: true },
  em: { italic: true },
  cite: { italic: true },
  dfn: { italic: true },
  var: { italic: true },
  u: { underline: true },
  ins: { underline: true },
  s: { strike: true },
  del: { strike: true },
  strike: { strike: true },
  sub: { script: "sub" },
  sup: { script: "super" },
  q: { quoted: true },
  code: { code: true },
  kbd: { code: true },
  samp: { code: true },
  tt: { code: true },
  center: { align: "center" },
  pre: { preformatted: true, verbatim: true },
  h1: { level: 1 },
  h2: { level: 2 },
  h3: { level: 3 },
  h4: { level: 4 },
  h5: { level: 5 },
  h6: { level: 6 },
};

const keywordSizes: Readonly<Record<string, number>> = {
  "xx-small": 7,
  "x-small": 7.5,
  small: 10,
  medium: 12,
  large: 13.5,
  "x-large": 18,
  "xx-large": 24,
};
const fontElementSizes = [7.5, 7.5, 10, 12, 13.5, 18, 24, 36];

/** Answers how text looks inside `tag`, given how it looks around it. */
export function restyle(around: Look, tag: Tag): Look {
  const change: Change = { ...byName[tag.name] };
  // A browser does not hand the alignment around a table down into its cells where the page has no doctype, and
  // filings have none.
  if (tag.name === "table") Object.assign(change, { align: null, level: null, floating: false });
  if (tag.name === "a") {
    const href = hrefOf(tag.attributes.get("href")?.trim());
    if (href !== null) change.href = href;
  }
  const size = sizeOf(around, tag);
  if (size !== null) change.size = size;
  const family =
    tag.style.get("font-family") ?? (tag.name === "font" ? tag.attributes.get("face") : undefined);
  if (family !== undefined && family !== "inherit") change.symbols = symbolFontOf(family);
  const align = alignOf(tag.style.get("text-align") ?? tag.attributes.get("align")?.toLowerCase());
  if (align !== undefined) change.align = align;
  applyStyle(change, around, tag.style);
  for (const _ in change) return { ...around, ...change };
  return around;
}

function applyStyle(change: Change, around: Look, style: Declarations): void {
  if (style.size === 0) return;
  const weight = style.get("font-weight");
  if (weight !== undefined && weight !== "inherit")
    change.bold = /^bold/.test(weight) || Number(weight) >= 600;
  const slant = style.get("font-style");
  if (slant !== undefined && slant !== "inherit") change.italic = /^(italic|oblique)/.test(slant);
  const decoration = style.get("text-decoration") ?? style.get("text-decoration-line");
  if (decoration?.includes("underline")) change.underline = true;
  if (decoration?.includes("line-through")) change.strike = true;
  const transform = style.get("text-transform");
  if (transform === "uppercase" || transform === "lowercase" || transform === "capitalize")
    change.transform = transform;
  else if (transform === "none") change.transform = null;
  const space = style.get("white-space");
  if (space?.startsWith("pre") || space === "break-spaces") change.preformatted = space !== "pre-line";
  else if (space === "normal" || space === "nowrap")
    Object.assign(change, { preformatted: false, verbatim: false });
  if (style.get("float") === "left") change.floating = true;
  const list = style.get("mso-list");
  if (list === "ignore") change.wordMark = true;
  else if (list !== undefined) change.word = wordItemOf(list);
  const visibility = style.get("visibility");
  if (visibility !== undefined && visibility !== "inherit")
    change.hidden = visibility === "hidden" || visibility === "collapse";
  const script = scriptOf(around, style, change.size ?? around.size);
  if (script !== null) change.script = script;
}

/** The link that a page makes, as a filing may carry it; null for any other. */
export function hrefOf(href: string | undefined): string | null {
  if (!href?.startsWith("#")) return safeHref(href);
  const place = anchorName(href.slice(1));
  return place === null ? null : `#${place}`;
}

function sizeOf(around: Look, tag: Tag): number | null {
  const value = tag.style.get("font-size");
  if (value !== undefined) return keywordSizes[value] ?? points(value, around.size);
  const size = tag.name === "font" ? tag.attributes.get("size") : undefined;
  if (size === undefined || !/^[+-]?\d$/.test(size)) return null;
  const step = Number(size) + (/^\d/.test(size) ? 0 : 3);
  return fontElementSizes[Math.min(Math.max(step, 1), 7)] ?? null;
}

/** `undefined`: not said. Left is where text stands anyway, so it is kept as nothing. */
function alignOf(value: string | undefined): Look["align"] | undefined {
  switch (value) {
    case "center":
    case "-webkit-center":
    case "middle":
      return "center";
    case "right":
    case "end":
      return "right";
    case "justify":
      return "justify";
    case "left":
    case "start":
      return null;
    default:
      return undefined;
  }
}

/** Filings raise footnote marks by moving smaller type up, more often than by `sup`. */
function scriptOf(around: Look, style: Declarations, size: number): Look["script"] {
  const vertical = style.get("vertical-align");
  if (vertical === "super") return "super";
  if (vertical === "sub") return "sub";
  if (style.get("position") !== "relative" || size >= around.size) return null;
  const raised = points(style.get("bottom"), size) ?? -(points(style.get("top"), size) ?? 0);
  if (raised === 0) return null;
  return raised > 0 ? "super" : "sub";
}

import type { Tag } from "./restyle.js";

const unseen = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "iframe",
  "object",
  "embed",
  "applet",
  "frame",
  "frameset",
  "noframes",
  "audio",
  "video",
  "canvas",
  "map",
  "select",
  "datalist",
  "rp",
  "meta",
  "link",
  "base",
  "param",
  "source",
  "track",
  "desc",
  "metadata",
  "defs",
  "annotation",
  "annotation-xml",
  // Inline XBRL keeps its contexts and hidden facts here; the facts on the page are wrapped in place and stay.
  "ix:header",
  "ix:hidden",
  "ix:references",
  "ix:resources",
]);

/** Answers whether a reader of the page would never see what is inside this element. */
export function isUnseen({ name, attributes, style }: Tag): boolean {
  if (unseen.has(name) || name.startsWith("xbrli:") || name.startsWith("link:")) return true;
  if (name === "dialog" && !attributes.has("open")) return true;
  if (Number(style.get("opacity") ?? 1) === 0) return true;
  const display = style.get("display");
  if (display === "none") return true;
  if (rowsOf.has(name) && style.get("visibility") === "collapse") return true;
  return attributes.has("hidden") && display === undefined;
}

/** What `visibility: collapse` takes away; anything else it only hides. */
const rowsOf = new Set(["tr", "thead", "tbody", "tfoot"]);

const blockElements = new Set([
  "address",
  "article",
  "aside",
  "blockquote",
  "body",
  "caption",
  "center",
  "dd",
  "details",
  "dialog",
  "dir",
  "div",
  "dl",
  "dt",
  "fieldset",
  "figcaption",
  "figure",
  "footer",
  "form",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "header",
  "hgroup",
  "legend",
  "li",
  "main",
  "menu",
  "nav",
  "ol",
  "p",
  "page",
  "pre",
  "search",
  "section",
  "summary",
  "table",
  "tbody",
  "td",
  "tfoot",
  "th",
  "thead",
  "tr",
  "ul",
]);

/** Answers whether an element stands on lines of its own. */
export function isBlock({ name, style }: Tag): boolean {
  const display = style.get("display");
  if (display === "block" || display === "list-item" || display === "flex" || display === "grid") return true;
  // An inline `div` is a span; an inline table or list keeps its parts.
  if (display === "inline" && (name === "div" || name === "p" || name === "form")) return false;
  return blockElements.has(name);
}

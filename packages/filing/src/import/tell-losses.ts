import type { DefaultTreeAdapterTypes } from "parse5";
import type { Losses } from "./losses.js";
import { hrefOf, type Tag } from "./restyle.js";
import { isUnseen } from "./visibility.js";

type Element = DefaultTreeAdapterTypes.Element;

const embedded = new Set(["iframe", "object", "embed", "applet", "frame", "audio", "video", "canvas"]);
/** These are machinery of a page, which nobody misses. */
const machinery = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "noframes",
  "meta",
  "link",
  "base",
  "head",
]);
const kept = new Set(["checkbox", "radio", "hidden"]);
const longest = 60;

/** Tells of an element what of it does not come into the filing; `hidden`: it stands where nothing is seen. */
export function tellLosses(element: Element, tag: Tag, losses: Losses, hidden: boolean): void {
  const { name, attributes } = tag;
  if (name.startsWith("ix:non")) losses.add("fact", attributes.get("name"));
  if (embedded.has(name)) losses.add("embedded", attributes.get("src") ?? attributes.get("data") ?? name);
  else if (name === "select") losses.add("field", attributes.get("name"));
  else if (isUnseen(tag)) {
    const said = machinery.has(name) || /^(?:ix|xbrli|link):/.test(name) ? "" : wordsIn(element);
    if (said !== "") losses.add("hidden text", said);
  } else if (hidden) return;
  else if (name === "img" && !isSpacer(tag))
    losses.add("picture", nameOf(attributes.get("src")) || attributes.get("alt"));
  else if (name === "svg") losses.add("drawing", attributes.get("aria-label"));
  else if (name === "input" && !kept.has(attributes.get("type")?.toLowerCase() ?? "text"))
    losses.add("field", attributes.get("value") ?? attributes.get("name"));
  else if (name === "a") {
    const href = attributes.get("href")?.trim() ?? "";
    if (href !== "" && hrefOf(href) === null) losses.add("link", href);
  }
}

function nameOf(address: string | undefined): string {
  return address === undefined || address.startsWith("data:") ? "" : address;
}

/** A picture of a point or a line that only makes room. */
function isSpacer({ attributes }: Tag): boolean {
  return [attributes.get("width"), attributes.get("height")].some((size) => /^[01](?:px)?$/.test(size ?? ""));
}

/** The first words in an element; none for one that holds what inline XBRL hides, which is no text. */
function wordsIn(element: Element): string {
  const stack: DefaultTreeAdapterTypes.ChildNode[] = [...element.childNodes].reverse();
  let words = "";
  for (let node = stack.pop(); node !== undefined && words.length < longest; node = stack.pop()) {
    if ("value" in node) words += node.value.replace(/\s+/g, " ").trimStart();
    else if ("tagName" in node) {
      if (node.tagName.startsWith("ix:h")) return "";
      if (!machinery.has(node.tagName))
        for (let at = node.childNodes.length - 1; at >= 0; at -= 1)
          stack.push(...node.childNodes.slice(at, at + 1));
    }
  }
  return words.trim();
}

import type { DefaultTreeAdapterTypes } from "parse5";
import type { Tag } from "./restyle.js";

/** What stands in a filing for an element that a browser draws as one thing; null for any other element, or for a field. */
export function replacement(element: DefaultTreeAdapterTypes.Element, tag: Tag): string | null {
  switch (tag.name) {
    // Pictures are not fetched; what they stand for is said in brackets.
    case "img":
      return inBrackets(tag.attributes.get("alt"));
    // The words of a drawing mean nothing without their places in it.
    case "svg":
      return inBrackets(tag.attributes.get("aria-label") ?? titleIn(element));
    case "input":
      return boxOf(tag);
    default:
      return null;
  }
}

function boxOf({ attributes }: Tag): string | null {
  const checked = attributes.has("checked");
  switch (attributes.get("type")?.toLowerCase()) {
    case "checkbox":
      return checked ? "☒" : "☐";
    case "radio":
      return checked ? "◉" : "○";
    default:
      return null;
  }
}

function inBrackets(said: string | undefined): string {
  const words = said?.replace(/\s+/g, " ").trim() ?? "";
  if (words === "") return "";
  return words.startsWith("[") ? words : `[${words}]`;
}

function titleIn(element: DefaultTreeAdapterTypes.Element): string | undefined {
  for (const child of element.childNodes) {
    if ("tagName" in child && child.tagName === "title") return textOf(child);
  }
  return undefined;
}

/** The text directly in an element. */
export function textOf(element: DefaultTreeAdapterTypes.Element): string {
  return element.childNodes.map((child) => ("value" in child ? child.value : "")).join("");
}

import { Extension } from "@tiptap/core";

const shape = /^[\p{L}\p{N}_.:-]{1,200}$/u;

/** Answers the name of a place that a link inside the filing may point to, or null if it cannot be one. */
export function safeAnchor(value: unknown): string | null {
  return typeof value === "string" && shape.test(value) ? value : null;
}

/** Makes the name of a place from whatever a page called it, alike for the place and for the links to it. */
export function anchorName(source: string): string | null {
  return safeAnchor(
    decoded(source)
      .trim()
      .replace(/[^\p{L}\p{N}_.:-]+/gu, "-")
      .slice(0, 200),
  );
}

function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}

/** Gives paragraphs and headings a name, so that a table of contents keeps working after an import. */
export const Anchor = Extension.create({
  name: "anchor",
  addGlobalAttributes() {
    return [
      {
        types: ["paragraph", "heading"],
        attributes: {
          anchor: {
            default: null,
            // Enter in the middle of a named paragraph must not give two places one name.
            keepOnSplit: false,
            parseHTML: (element) => safeAnchor(element.getAttribute("id")),
            renderHTML: ({ anchor }) => {
              const id = safeAnchor(anchor);
              return id === null ? {} : { id };
            },
          },
        },
      },
    ];
  },
});

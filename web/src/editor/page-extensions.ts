import { filingExtensions } from "@onrecord/filing/extensions";
import type { AnyExtension, Extensions } from "@tiptap/core";

/** The filing's extensions as the page shows them: a table wider than the paper scrolls in a frame of its own. */
export const pageExtensions: Extensions = filingExtensions.map(
  (extension): AnyExtension =>
    extension.name === "table" && extension.type === "node"
      ? extension.extend({
          // Without the stock node view, which would set column widths in pixels.
          addNodeView: () => null,
          renderHTML: ({ HTMLAttributes }: { HTMLAttributes: Record<string, unknown> }) => [
            "div",
            { class: "table-frame" },
            ["table", HTMLAttributes, ["tbody", 0]],
          ],
        })
      : extension,
);

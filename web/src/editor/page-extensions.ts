import { foreignExtensions } from "@onrecord/filing/binding/foreign";
import { filingExtensions } from "@onrecord/filing/extensions";
import type { AnyExtension, Extensions } from "@tiptap/core";

/**
 * The filing's extensions as the page shows them: a table wider than the paper scrolls in a frame of its own, and what another editor
 * has put in and this page does not know is shown and kept.
 */
export const pageExtensions: Extensions = [...filingExtensions.map(onPage), ...foreignExtensions];

function onPage(extension: AnyExtension): AnyExtension {
  return extension.name === "table" && extension.type === "node"
    ? extension.extend({
        // Without the stock node view, which would set column widths in pixels.
        addNodeView: () => null,
        renderHTML: ({ HTMLAttributes }: { HTMLAttributes: Record<string, unknown> }) => [
          "div",
          { class: "table-frame" },
          ["table", HTMLAttributes, ["tbody", 0]],
        ],
      })
    : extension;
}

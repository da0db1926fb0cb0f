import { pastedHtml } from "@onrecord/filing/pasted-html";
import { withoutMergedCells } from "@onrecord/filing/split-spans";
import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import { isInTable } from "@tiptap/pm/tables";

/** A paste brings in what an import of the same would; into a table it brings cells that are not merged. */
export const CleanPaste = Extension.create({
  name: "cleanPaste",
  // Before the plugin of tables, which takes the cells as they are.
  priority: 1000,
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        transformPastedHTML: pastedHtml,
        transformPasted: (slice, view) => (isInTable(view.state) ? withoutMergedCells(slice) : slice),
      },
    }),
  ],
});

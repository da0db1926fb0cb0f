import type { Extensions } from "@tiptap/core";
import Subscript from "@tiptap/extension-subscript";
import Superscript from "@tiptap/extension-superscript";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import TextAlign from "@tiptap/extension-text-align";
import StarterKit from "@tiptap/starter-kit";
import { Anchor } from "./anchor.js";
import { DrawSoundly } from "./draw-soundly.js";
import { safeHref } from "./safe-href.js";

/** The name of the Y.XmlFragment that holds a filing; TipTap's Collaboration extension uses the same by default. */
export const filingField = "default";

/** The name of the Y.Text that holds a text document. */
export const textField = "content";

/**
 * What a filing may consist of: the one list that the editor, the import and the export share.
 * It brings no undo history, since co-editing brings its own, and no trailing paragraph, since opening a filing
 * must not change it.
 */
export const filingExtensions: Extensions = [
  StarterKit.extend({
    // What is typed behind a link is not of the link.
    addExtensions() {
      return (this.parent?.() ?? []).map((one) =>
        one.name === "link" ? one.extend({ inclusive: false }) : one,
      );
    },
  }).configure({
    undoRedo: false,
    trailingNode: false,
    link: {
      openOnClick: false,
      defaultProtocol: "https",
      isAllowedUri: (url) => safeHref(url) !== null,
      // Without a target a `#place` moves within the page instead of opening another tab.
      HTMLAttributes: { target: null, rel: "noopener noreferrer nofollow" },
    },
  }),
  Subscript,
  Superscript,
  TextAlign.configure({ types: ["heading", "paragraph"] }),
  Anchor,
  // The column widths that the stock table writes into its HTML would fight the page's own style sheet.
  Table.extend({
    renderHTML: ({ HTMLAttributes }) => ["table", HTMLAttributes, ["tbody", 0]],
  }).configure({ resizable: false }),
  TableRow,
  TableHeader,
  TableCell,
  DrawSoundly,
];

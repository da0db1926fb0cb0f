import { fitDocument } from "./fit.js";
import { findHeadings } from "./import/find-headings.js";
import { findPlaces } from "./import/places.js";
import { tidyBlocks } from "./import/tidy-blocks.js";
import { toNodes } from "./import/to-nodes.js";
import { ImportError } from "./import-error.js";
import { readPage } from "./import-html.js";
import { toHtml } from "./to-html.js";

/** What an editor writes when it is copied from; what could hide something in it. */
const fromEditor = /\bdata-pm-slice=/;
const hiding = /<style|\bstyle\s*=|\bhidden\b/i;

/**
 * What a paste may bring into a filing, as HTML: the same as an import of it would, so that nothing comes in that its page did not
 * show. What was copied from an editor of filings keeps how it was cut. Nothing for what cannot be read.
 */
export function pastedHtml(html: string): string {
  if (fromEditor.test(html) && !hiding.test(html)) return html;
  try {
    const blocks = tidyBlocks(readPage(html).blocks);
    if (blocks.length === 0) return "";
    // A bold word is pasted into a line: only among other blocks does it look like a heading.
    const found = blocks.length > 1 ? findHeadings(blocks) : blocks;
    return toHtml(fitDocument(toNodes(found, findPlaces(found))));
  } catch (error) {
    if (error instanceof ImportError) return "";
    throw error;
  }
}

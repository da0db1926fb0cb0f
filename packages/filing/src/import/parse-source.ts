import {
  type DefaultTreeAdapterMap,
  type DefaultTreeAdapterTypes,
  defaultTreeAdapter,
  parse,
  type TreeAdapter,
} from "parse5";
import { ImportError } from "../import-error.js";

const mostElements = 500_000;

/**
 * Parses a page as browsers do. The standard's error recovery may copy formatting elements without end
 * (each `<p>` reopens every unclosed `<b>` before it), so elements are counted while they are made.
 */
export function parseSource(html: string): DefaultTreeAdapterTypes.Document {
  let elements = 0;
  const most = Math.min(mostElements, Math.floor(html.length / 2) + 100);
  const counting: TreeAdapter<DefaultTreeAdapterMap> = {
    ...defaultTreeAdapter,
    createElement(name, namespace, attributes) {
      elements += 1;
      if (elements > most) {
        throw new ImportError(
          most === mostElements
            ? `This page has more than ${mostElements.toLocaleString("en")} elements; split it and import the parts.`
            : "The tags of this page are too badly nested to be understood; save it again from a word processor.",
        );
      }
      return defaultTreeAdapter.createElement(name, namespace, attributes);
    },
  };
  return parse(html, { treeAdapter: counting });
}

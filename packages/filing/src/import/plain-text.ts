import type { Block, Run } from "./blocks.js";
import { plainLook } from "./look.js";

const markup = /<[a-z!?/][^<]*>/i;

/** Answers whether a source has any tag at all. */
export function hasMarkup(source: string): boolean {
  return markup.test(source);
}

/** Reads plain text: a blank line begins a paragraph. */
export function readPlainText(source: string): Block[] {
  return source
    .split(/(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\s*/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => {
      const runs = paragraph.split(/\r\n|\r|\n/).flatMap((text, index): Run[] => {
        const run: Run = { text, look: plainLook };
        return [...(index > 0 ? [{ lineBreak: true } as const] : []), ...(text === "" ? [] : [run])];
      });
      return { kind: "text", runs, align: null, level: null, anchors: [], floating: false };
    });
}

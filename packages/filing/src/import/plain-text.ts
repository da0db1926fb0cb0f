import type { Block, Run } from "./blocks.js";
import { plainLook } from "./look.js";

const markup = /<[a-z!?/][^<]*>/i;

/** Answers whether a source has any tag at all. */
export function hasMarkup(source: string): boolean {
  return markup.test(source);
}

/** Lines of a table that was typed: words and figures stand below each other. */
function hasColumns(paragraph: string): boolean {
  return paragraph.split(/\r\n|\r|\n/).filter((line) => /\S(?: {3,}|\t+ *)\S/.test(line)).length >= 2;
}

/** Reads plain text: a blank line begins a paragraph. */
export function readPlainText(source: string): Block[] {
  return source
    .split(/(?:\r\n|\r|\n)(?:[ \t\f]*(?:\r\n|\r|\n))+/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph): Block => {
      if (hasColumns(paragraph)) return { kind: "code", text: paragraph.replace(/\s+$/, "") };
      const runs = paragraph
        .trim()
        .split(/\r\n|\r|\n/)
        .flatMap((text, index): Run[] => {
          const run: Run = { text, look: plainLook };
          return [...(index > 0 ? [{ lineBreak: true } as const] : []), ...(text === "" ? [] : [run])];
        });
      return { kind: "text", runs, align: null, level: null, anchors: [], floating: false };
    });
}

import type { LooseMark } from "../loose.js";
import { inSymbols, type SymbolFont } from "./symbol-fonts.js";
import type { WordItem } from "./word-item.js";

/** How text looks at one place of the source: what its element and all elements around it have said. */
export interface Look {
  readonly bold: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly code: boolean;
  readonly script: "sub" | "super" | null;
  readonly href: string | null;
  readonly align: "center" | "right" | "justify" | null;
  /** Font size in points. */
  readonly size: number;
  readonly transform: "uppercase" | "lowercase" | "capitalize" | null;
  /** Whether spaces and line feeds count. */
  readonly preformatted: boolean;
  /** Whether this is inside `pre`. */
  readonly verbatim: boolean;
  /** The heading level that the source states, 1 to 6. */
  readonly level: number | null;
  /** Whether this floats beside what follows, as markers of list items do. */
  readonly floating: boolean;
  /** A font whose letters are drawn as signs. */
  readonly symbols: SymbolFont | null;
  /** Of which of Word's lists this is an item. */
  readonly word: WordItem | null;
  /** Whether this is the mark that Word wrote before an item. */
  readonly wordMark: boolean;
  /** Whether this is inside `q`, where another one has single marks. */
  readonly quoted: boolean;
  /** Whether this takes its place without being seen. */
  readonly hidden: boolean;
}

/** The look of text about which nothing was said. */
export const plainLook: Look = {
  bold: false,
  italic: false,
  underline: false,
  strike: false,
  code: false,
  script: null,
  href: null,
  align: null,
  size: 12,
  transform: null,
  preformatted: false,
  verbatim: false,
  level: null,
  floating: false,
  symbols: null,
  word: null,
  wordMark: false,
  quoted: false,
  hidden: false,
};

/** The marks that text of this look carries in a filing. */
export function marksOf(look: Look): LooseMark[] {
  const marks: LooseMark[] = [];
  if (look.href !== null) marks.push({ type: "link", attrs: { href: look.href } });
  if (look.code) return [...marks, { type: "code" }];
  if (look.bold) marks.push({ type: "bold" });
  if (look.italic) marks.push({ type: "italic" });
  if (look.strike) marks.push({ type: "strike" });
  // Every browser underlines links, so an underline on one says nothing.
  if (look.underline && look.href === null) marks.push({ type: "underline" });
  if (look.script !== null) marks.push({ type: look.script === "sub" ? "subscript" : "superscript" });
  return marks;
}

/** Applies the capitals that a style sheet would have shown, and the signs that a font would. */
export function transformed(text: string, look: Look): string {
  if (look.symbols !== null) return inSymbols(text, look.symbols);
  switch (look.transform) {
    case "uppercase":
      return text.toUpperCase();
    case "lowercase":
      return text.toLowerCase();
    case "capitalize":
      return text.replace(
        /(^|\s)(\p{L})/gu,
        (_, before: string, letter: string) => before + letter.toUpperCase(),
      );
    case null:
      return text;
  }
}

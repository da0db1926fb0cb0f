import type { Tag } from "./restyle.js";

/** How the items of a list are marked: not at all, with a bullet, with a number of a kind that `ol` knows, or with text. */
export type ListStyle = "none" | "bullet" | "1" | "a" | "A" | "i" | "I" | ((number: number) => string);

const numbers: Readonly<Record<string, ListStyle>> = {
  decimal: "1",
  "lower-alpha": "a",
  "lower-latin": "a",
  "upper-alpha": "A",
  "upper-latin": "A",
  "lower-roman": "i",
  "upper-roman": "I",
  "decimal-leading-zero": (number) =>
    Math.abs(number) < 10 ? `${number < 0 ? "-" : ""}0${Math.abs(number)}.` : `${number}.`,
  "lower-greek": (number) => `${inLetters(number, [..."αβγδεζηθικλμνξοπρστυφχψω"])}.`,
  "cjk-ideographic": chinese,
  "trad-chinese-informal": chinese,
  "simp-chinese-informal": chinese,
  "cjk-decimal": (number) => `${digits(number, "〇一二三四五六七八九")}、`,
  "cjk-earthly-branch": (number) => `${inCycle(number, "子丑寅卯辰巳午未申酉戌亥")}、`,
  "cjk-heavenly-stem": (number) => `${inCycle(number, "甲乙丙丁戊己庚辛壬癸")}、`,
};

const bullets = new Set(["disc", "circle", "square", "disclosure-open", "disclosure-closed"]);

/** Answers what a list or an item says about the marks of items; null where it says nothing. */
export function listStyleOf({ name, attributes, style }: Tag): ListStyle | null {
  const display = style.get("display");
  // Only a list item has a mark: a line of a menu made with `display: block` has none.
  if (name === "li" && display !== undefined && !/^(list-item|inherit|initial|unset)\b/.test(display))
    return "none";
  const said = style.get("list-style-type");
  if (said !== undefined) return named(said, style.get("list-style-image"));
  const type = attributes.get("type")?.trim() ?? "";
  if (/^[1aAiI]$/.test(type)) return type as ListStyle;
  const word = type.toLowerCase();
  if (bullets.has(word)) return "bullet";
  return word === "none" ? "none" : null;
}

function named(value: string, image: string | undefined): ListStyle | null {
  if (value === "none") return image !== undefined && image !== "none" ? "bullet" : "none";
  if (bullets.has(value)) return "bullet";
  const text = /^(["'])(.*)\1$/.exec(value)?.[2]?.trim();
  if (text !== undefined) return text === "" ? "none" : () => text;
  if (/^(inherit|initial|unset|revert)$/.test(value)) return null;
  // A kind that is not known is numbered in digits, as browsers do.
  return numbers[value] ?? "1";
}

function inLetters(number: number, alphabet: readonly string[]): string {
  if (number < 1) return String(number);
  let text = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / alphabet.length))
    text = alphabet[(rest - 1) % alphabet.length] + text;
  return text;
}

function inCycle(number: number, signs: string): string {
  return number >= 1 && number <= signs.length ? (signs[number - 1] ?? "") : String(number);
}

function digits(number: number, signs: string): string {
  return String(number).replace(/\d/g, (digit) => signs[Number(digit)] ?? digit);
}

/** Numbers to 99 as they are said; clauses seldom go further. */
function chinese(number: number): string {
  if (number < 1 || number > 99) return `${number}、`;
  const [tens, ones] = [Math.floor(number / 10), number % 10];
  const one = ones === 0 ? "" : digits(ones, "〇一二三四五六七八九");
  if (tens === 0) return `${one}、`;
  return `${tens === 1 ? "" : digits(tens, "〇一二三四五六七八九")}十${one}、`;
}

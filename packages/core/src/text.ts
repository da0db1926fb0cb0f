import { AppError } from "./errors.js";

/** What makes a text one that Postgres, JSON and people cannot be given back as it came. */
export type TextFault = "nul" | "half-character";

const sentences: Readonly<Record<TextFault, string>> = {
  nul: "has the character NUL (U+0000), which no text may have.",
  "half-character": "has half of a character (a surrogate without its other half).",
};

/** Why a text cannot be kept as it is; null: it can. */
export function textFault(text: string): TextFault | null {
  if (text.includes("\0")) return "nul";
  return text.isWellFormed() ? null : "half-character";
}

/** Throws BAD_USER_INPUT for a text that cannot be kept; `what` begins the sentence, which does not repeat the text. */
export function checkText(text: string, what: string): void {
  const fault = textFault(text);
  if (fault !== null) throw new AppError("BAD_USER_INPUT", `${what} ${sentences[fault]}`);
}

/** The nearest text that can be kept, for what must not stay off the record whatever it is. */
export function keepable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

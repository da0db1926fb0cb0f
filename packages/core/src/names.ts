import { AppError } from "./errors.js";
import { hiddenIn, withoutHidden } from "./hidden-characters.js";
import { checkText } from "./text.js";

/** The longest name, in characters. */
const LONGEST = 200;
/** More signs on one letter than any script has: they would run over the lines above and below. */
const STACKED = /\p{M}{9}/u;

/**
 * A name or title as it is kept: trimmed, 1 to 200 characters, all of which can be seen. What cannot would let one thing look like another in lists,
 * file names and on the record. `what` begins the sentence that says what is wrong; its reason names the character.
 */
export function checkName(given: string, what: string): string {
  checkText(given, what);
  const text = given.trim();
  const refuse = (sentence: string) => new AppError("BAD_USER_INPUT", `${what} ${sentence}`);
  if (text === "") throw refuse("may not be empty.");
  // Its code units first: counting the characters of megabytes takes seconds.
  if (text.length > 2 * LONGEST || [...text].length > LONGEST)
    throw refuse(`may have at most ${LONGEST} characters.`);
  const hidden = hiddenIn(text);
  if (hidden !== null) {
    const { code, what: is } = hidden;
    const sentence = `${what} has the character ${code}, ${is}, which others would not see; leave it out.`;
    throw new AppError("BAD_USER_INPUT", sentence, { reasons: [{ id: code, text: sentence }] });
  }
  if (STACKED.test(text)) throw refuse("has more than eight signs on one letter.");
  return text;
}

/** The nearest valid name to one that something brought along, or undefined when nothing is left of it. */
export function nearestName(found: string | null): string | undefined {
  const text = withoutHidden((found ?? "").slice(0, 100 * LONGEST).toWellFormed())
    .replace(/(\p{M}{8})\p{M}+/gu, "$1")
    .replace(/\s+/gu, " ")
    .trim();
  return [...text].slice(0, LONGEST).join("").trim() || undefined;
}

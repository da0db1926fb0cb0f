import { AppError } from "@onrecord/core/errors";
import { checkText } from "@onrecord/core/text";

const LONGEST = 200;

/**
 * A name or title as it is kept: trimmed, 1 to 200 characters, without control characters, which would spoof lists, headers and
 * logs. `what` begins the sentence that says what is wrong.
 */
export function checkName(given: string, what: string): string {
  checkText(given, what);
  const text = given.trim();
  const refuse = (sentence: string) => new AppError("BAD_USER_INPUT", `${what} ${sentence}`);
  if (text === "") throw refuse("may not be empty.");
  // Its code units first: counting the characters of megabytes takes seconds.
  if (text.length > 2 * LONGEST || [...text].length > LONGEST)
    throw refuse(`may have at most ${LONGEST} characters.`);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw refuse("may not contain control characters.");
  return text;
}

/** The nearest valid title to one that a page brought, or undefined when nothing is left of it. */
export function nearestTitle(found: string | null): string | undefined {
  const text = (found ?? "")
    .slice(0, 100 * LONGEST)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return [...text].slice(0, LONGEST).join("").trim() || undefined;
}

import { AppError } from "@onrecord/core/errors";
import { checkName } from "@onrecord/core/names";

/** Longest e-mail address taken, in characters: 254 are the most that mail can be sent to (RFC 5321). */
export const MAX_EMAIL = 254;
/** Characters that can be seen, with one @ between others: letters that look alike in other scripts would let one account pass for another. */
const EMAIL = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/;

/** An e-mail address as it is kept: in lower case. Throws BAD_USER_INPUT for what is none. */
export function checkEmail(given: string): string {
  if (given.length > MAX_EMAIL + 100) throw badEmail();
  const email = given.trim().toLowerCase();
  if (email.length > MAX_EMAIL || !EMAIL.test(email)) throw badEmail();
  return email;
}

function badEmail(): AppError {
  return new AppError(
    "BAD_USER_INPUT",
    `The e-mail address must look like name@example.com, of at most ${MAX_EMAIL} characters without accents.`,
  );
}

/** A title as it is kept; without anything in it: none. */
export function checkTitle(given: string | null): string | null {
  return given === null || given.trim() === "" ? null : checkName(given, "The title");
}

/** Throws BAD_USER_INPUT for an end that has passed. */
export function checkEnd(expiresAt: Date | null): void {
  if (expiresAt !== null && !(expiresAt.getTime() > Date.now()))
    throw new AppError("BAD_USER_INPUT", "`expiresAt` must lie in the future.");
}

/** Ids without those that come twice. */
export function distinct(ids: readonly string[] | null | undefined): string[] {
  return [...new Set(ids ?? [])];
}

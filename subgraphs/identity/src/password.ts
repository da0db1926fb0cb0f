import { hash } from "@node-rs/argon2";
import { AppError } from "@onrecord/core/errors";
import { checkText } from "@onrecord/core/text";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. Argon2id is the library's default algorithm. */
export const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Longest password taken, in characters: hashing reads all of it, so it must have an end. */
export const MAX_PASSWORD = 1024;

/** Shortest new password, in characters (NIST SP 800-63B asks for eight, and for more where nothing else is asked). */
export const MIN_PASSWORD = 12;

/** Hashes a password for keeping: a PHC string with its own salt. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** Throws BAD_USER_INPUT for what cannot be a new password. */
export function checkNewPassword(wanted: string): void {
  checkText(wanted.slice(0, MAX_PASSWORD + 1), "The new password");
  if (wanted.length < MIN_PASSWORD)
    throw passwordFault("too-short", `A new password has at least ${MIN_PASSWORD} characters.`);
  if (wanted.length > MAX_PASSWORD)
    throw passwordFault("too-long", `A new password has at most ${MAX_PASSWORD} characters.`);
}

/** What is wrong with a password that somebody gave. */
export function passwordFault(id: string, text: string): AppError {
  return new AppError("BAD_USER_INPUT", text, { reasons: [{ id, text }] });
}

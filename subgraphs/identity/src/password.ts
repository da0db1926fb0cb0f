import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. Argon2id is the library's default algorithm. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Longest password taken, in characters: hashing reads all of it, so it must have an end. */
export const MAX_PASSWORD = 1024;

/** Shortest new password, in characters (NIST SP 800-63B asks for eight, and for more where nothing else is asked). */
export const MIN_PASSWORD = 12;

/** Hashes a password for keeping: a PHC string with its own salt. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** A hash that no password is known for, made when first needed. */
let nobodys: Promise<string> | undefined;

/**
 * Whether a password is the one that was hashed. Without a hash (no such user, or no password) it works as long and says no, so
 * that time does not tell which addresses have an account.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  nobodys ??= hashPassword(crypto.randomUUID());
  const matches = await verify(stored ?? (await nobodys), password);
  return stored !== null && matches;
}

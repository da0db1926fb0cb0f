import { hash } from "@node-rs/argon2";

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

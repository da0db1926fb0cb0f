import { AppError } from "@onrecord/core/errors";
import { tell } from "./output.js";

/** Runs a command; what an operator can mend becomes its sentence and exit code 1, without a stack. */
export async function orFail(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    tell(sentence);
    process.exitCode = 1;
  }
}

/** What an operator can do about an error; undefined where it is a fault of the program. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof AppError) return error.message;
  // Postgres's "insufficient privilege": the login of a service, where whoever operates the machine was wanted.
  const { code, message } = error as { code?: unknown; message?: string };
  if (code !== "42501") return undefined;
  return `This login of the database may not do that (${message}): set DATABASE_ADMIN_URL to the owner's.`;
}

import { AppError } from "@onrecord/core/errors";
import { tell } from "./output.js";

/** Runs a command; what an operator can mend becomes its sentence and exit code 1, without a stack. */
export async function orFail(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    tell(error.message);
    process.exitCode = 1;
  }
}

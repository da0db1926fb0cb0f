import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { hashSync, type Options, verifySync } from "@node-rs/argon2";

/** A password to be held against a hash; null: there is none. */
export interface Question {
  readonly stored: string | null;
  readonly password: string;
}

/** What came of it. */
export type Verdict = { readonly matches: boolean } | { readonly fault: string };

const { cost } = workerData as { cost: Options };

/** A hash that no password is known for, made when first needed. */
let nobodys: string | undefined;

/** Without a hash it works as long and says no, so that time does not tell which addresses have an account. */
function judge({ stored, password }: Question): Verdict {
  try {
    nobodys ??= hashSync(crypto.randomUUID(), cost);
    const matches = verifySync(stored ?? nobodys, password);
    return { matches: stored !== null && matches };
  } catch (error) {
    return { fault: String(error) };
  }
}

// Who is signed in goes before who signs in. Linux takes it for this thread, other systems for the whole process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

parentPort?.on("message", (question: Question) => parentPort?.postMessage(judge(question)));

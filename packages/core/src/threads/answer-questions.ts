import { constants, setPriority } from "node:os";
import { isMainThread, parentPort } from "node:worker_threads";
import { AppError, type ErrorCode } from "../errors.js";

// Whoever edits comes first, also before what this thread loads. Linux sets it for the thread alone; elsewhere it would be the whole process.
if (!isMainThread && process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);

/** What a thread of a `ThreadPool` says: an answer, or which error its question came to. */
export type Said<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** An answer, with the memory that goes over as it is. */
export interface Told<Answer> {
  readonly answer: Answer;
  readonly transfer?: readonly ArrayBuffer[];
}

/**
 * Answers what this thread is asked, one question after the other, and keeps nothing of it. An AppError is told; anything else that is thrown
 * ends the thread.
 */
export function answerQuestions<Question, Answer>(answerTo: (question: Question) => Told<Answer>): void {
  parentPort?.on("message", (question: Question) => {
    const [said, transfer] = say(answerTo, question);
    parentPort?.postMessage(said, [...transfer]);
  });
}

function say<Question, Answer>(
  answerTo: (question: Question) => Told<Answer>,
  question: Question,
): [Said<Answer>, readonly ArrayBuffer[]] {
  try {
    const { answer, transfer = [] } = answerTo(question);
    return [{ ok: true, answer }, transfer];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ ok: false, code: error.code, message: error.message }, []];
  }
}

import { randomInt } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import { answerQuestions, type Told } from "@onrecord/core/threads/answer-questions";
import { ImportError } from "@onrecord/filing/import-error";
import { importHtml } from "@onrecord/filing/import-html";
import type { ImportedPage } from "./import-runner.js";

/** Reads one page: parsing megabytes of markup takes seconds in which nothing else of the process may wait. */
function read(html: string): Told<ImportedPage> {
  const clientId = randomInt(2 ** 32);
  try {
    const { fragmentUpdate: update, title } = importHtml(html, { clientId });
    // Of its own memory, which then goes over as it is.
    const fragmentUpdate = new Uint8Array(update);
    return { answer: { fragmentUpdate, clientId, title }, transfer: [fragmentUpdate.buffer] };
  } catch (error) {
    if (error instanceof ImportError) throw new AppError("BAD_USER_INPUT", error.message);
    throw error;
  }
}

answerQuestions(read);

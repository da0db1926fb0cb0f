import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { ImportError } from "@onrecord/filing/import-error";
import { importHtml } from "@onrecord/filing/import-html";
import type { ImportAnswer } from "./import-runner.js";

/** Reads one page and ends: parsing megabytes of markup takes seconds in which nothing else of the process may wait. */
function answer(html: string): ImportAnswer {
  try {
    const { fragmentUpdate, title } = importHtml(html);
    return { ok: true, fragmentUpdate, title };
  } catch (error) {
    if (error instanceof ImportError) return { ok: false, sentence: error.message };
    throw error;
  }
}

// Those who type go first. Linux takes it for this thread, other systems for the whole process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
parentPort?.postMessage(answer((workerData as { html: string }).html));

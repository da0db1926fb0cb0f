import { randomInt } from "node:crypto";
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { ImportAnswer } from "./import-runner.js";

// Those who type go first, before the parser is loaded, too. Linux takes it for this thread, other systems for the whole process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
const { ImportError } = await import("@onrecord/filing/import-error");
const { importHtml } = await import("@onrecord/filing/import-html");

/** Reads one page and ends: parsing megabytes of markup takes seconds in which nothing else of the process may wait. */
function answer(html: string): ImportAnswer {
  const clientId = randomInt(2 ** 32);
  try {
    const { fragmentUpdate, title } = importHtml(html, { clientId });
    // Of its own memory, which then goes over as it is.
    return { ok: true, fragmentUpdate: new Uint8Array(fragmentUpdate), clientId, title };
  } catch (error) {
    if (error instanceof ImportError) return { ok: false, sentence: error.message };
    throw error;
  }
}

const given = answer((workerData as { html: string }).html);
parentPort?.postMessage(given, given.ok ? [given.fragmentUpdate.buffer] : []);

import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import { contentDigest } from "@onrecord/history/store/content-digest";
import * as Y from "yjs";
import type { Comparison, Question } from "./replay-thread.js";

/** A document that updates make, applied one by one. */
function made(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) applyCommitted(doc, update);
  return doc;
}

/** The state is held as whoever loads it has it, the record as whoever followed every change. */
function compare({ held, record }: Question): Comparison {
  const replayed = made(record);
  const wanted = contentDigest(replayed);
  const found = contentDigest(made(held));
  if (found === wanted) return "SAME";
  // Told as a whole, the right document may come to the same.
  return contentDigest(made([Y.encodeStateAsUpdate(replayed)])) === found ? "ORDER" : "STATE";
}

// Whoever edits comes first. Linux sets it for this thread alone; elsewhere it would be the whole process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);

parentPort?.on("message", (question: Question) => parentPort?.postMessage(compare(question)));

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as Y from "yjs";
import { findKeystrokes, readKeystrokes } from "../corpus/keystrokes.js";
import { Failure } from "../failure.js";
import { same, textOf } from "../load/convergence.js";
import { Fleet } from "../load/fleet.js";
import type { Settings } from "../load/job.js";
import { sendAll } from "../load/send-all.js";
import { startStopwatch } from "../measure/window.js";
import { stateFile } from "../servers/state-file.js";
import type { Workload } from "./workload.js";

/** (f) */
export const coldOpen: Workload = {
  name: "cold-open",
  about:
    "The first opening of a document with 260 000 edits after a restart. Onrecord opens it from its history; the others, which keep nothing, find its merged state in a file.",
  columns: [
    { key: "open", label: "ms", better: "lower", digits: 1 },
    { key: "memory", label: "memory MB", better: "lower", digits: 0 },
  ],
  // The second stays empty: opening it first warms up everything but the document.
  documents: () => 2,
  limits: { ONRECORD_MAX_CHANGES_PER_SECOND: "1000000" },
  missing({ traces }) {
    const found = findKeystrokes(traces);
    return "missing" in found ? found.missing : undefined;
  },
  async seed(target, settings) {
    const { updates } = keystrokes(settings);
    const [document] = target.documents;
    if (target.stateDir === undefined) {
      using fleet = new Fleet(target);
      await sendAll(fleet, document!, updates);
      return;
    }
    const doc = new Y.Doc();
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    await writeFile(join(target.stateDir, stateFile(document!)), Y.encodeStateAsUpdate(doc));
  },
  async run(target, settings) {
    const { text } = keystrokes(settings);
    using fleet = new Fleet(target);
    const [document, empty] = target.documents;
    await fleet.openOne(empty!);
    const stopwatch = startStopwatch(target);
    const start = performance.now();
    const client = await fleet.openOne(document!);
    const open = performance.now() - start;
    const numbers = stopwatch(1);
    same(textOf([client.initial]), text, "the client");
    return { ...numbers, open };
  },
};

function keystrokes({ traces, scale }: Settings) {
  const found = findKeystrokes(traces);
  if ("missing" in found) throw new Failure(found.missing);
  return readKeystrokes(found.path, Math.min(1, scale));
}

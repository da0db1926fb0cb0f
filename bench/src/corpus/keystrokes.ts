import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";
import { field } from "../load/typist.js";

const FILE = "automerge-paper.json.gz";

/** A sequential editing trace: patches are position, characters deleted, text inserted. */
interface Trace {
  readonly txns: readonly { readonly patches: readonly (readonly [number, number, string])[] }[];
}

/** The path of one paper's 260 000 keystrokes, or the sentence that it is missing. */
export function findKeystrokes(traces: string): { path: string } | { missing: string } {
  const path = join(traces, FILE);
  return existsSync(path) ? { path } : { missing: `${FILE} is not in the directory of traces (--traces)` };
}

/** The first keystrokes of the paper as Yjs updates of one author, and the text they end with. Takes some seconds. */
export function readKeystrokes(path: string, share: number): { updates: Uint8Array[]; text: string } {
  const { txns } = JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")) as Trace;
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const text = doc.getText(field);
  for (const { patches } of txns.slice(0, Math.ceil(txns.length * share))) {
    doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted.length > 0) text.insert(position, inserted);
      }
    });
  }
  return { updates, text: text.toString() };
}

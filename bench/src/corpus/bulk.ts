import * as Y from "yjs";
import { Random } from "../load/random.js";
import { field } from "../load/typist.js";

const AUTHORS = 20;
const PARAGRAPH = 100;
const IN_ONE_UPDATE = 1000;

/**
 * A long document by many hands, as updates in order: paragraphs that neighbours of other authors keep from merging, so that encoding
 * it is work for a server as it is with a real one.
 */
export function bulkUpdates(bytes: number, seed: number): Uint8Array[] {
  const random = new Random(seed);
  const authors = Array.from({ length: AUTHORS }, () => random.clientId());
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const text = doc.getText(field);
  for (let left = Math.round(bytes / (PARAGRAPH + 14)); left > 0; left -= IN_ONE_UPDATE) {
    doc.transact(() => {
      for (let i = Math.min(left, IN_ONE_UPDATE); i > 0; i--) {
        // Never the same author twice in a row.
        doc.clientID = authors[(authors.indexOf(doc.clientID) + 1 + random.below(AUTHORS - 1)) % AUTHORS]!;
        text.insert(text.length, paragraph(random));
      }
    });
  }
  doc.destroy();
  return updates;
}

function paragraph(random: Random): string {
  let line = "";
  while (line.length < PARAGRAPH) line += `${random.below(2 ** 31).toString(36)} `;
  return line.slice(0, PARAGRAPH);
}

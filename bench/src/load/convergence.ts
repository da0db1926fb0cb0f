import * as Y from "yjs";
import { Failure } from "../failure.js";
import type { Client } from "./client.js";
import type { Desk } from "./desk.js";
import type { Fleet } from "./fleet.js";
import { field } from "./typist.js";

/** The text of a document after some updates. */
export function textOf(updates: Iterable<Uint8Array>, name = field): string {
  const doc = new Y.Doc();
  // One transaction: the cost of each is most of the cost of a keystroke.
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  const text = doc.getText(name).toString();
  doc.destroy();
  return text;
}

/**
 * Fails unless all clients of a desk, and one that comes now, hold exactly what was typed. `readers` are those that took fingerprints;
 * they must have been told what the first watched client, a reader too, was told.
 */
export async function checkDesk(fleet: Fleet, desk: Desk, readers: readonly Client[] = []): Promise<void> {
  const expected = textOf(desk.writers.map(({ typist }) => typist.everything()));
  const late = await fleet.openOne(desk.documentId);
  same(textOf([late.initial]), expected, "a client that came late");
  late.leave();
  for (const { client, kept } of [...desk.watched, ...desk.keeping]) {
    const own = desk.writers.filter((writer) => writer.client === client);
    const typed = own.map(({ typist }) => typist.everything());
    same(textOf([client.initial, ...typed, ...kept]), expected, own.length > 0 ? "a writer" : "a reader");
  }
  const [model] = desk.watched;
  if (!model || readers.length === 0) return;
  const complete = () => readers.every(({ updates }) => updates.equals(model.client.updates));
  const received = () => readers.reduce((sum, { updates }) => sum + updates.frames, 0);
  await fleet.until(complete, received, "every reader to be told the same");
}

/** Fails with a sentence unless two texts are equal. */
export function same(actual: string, expected: string, who: string): void {
  if (actual === expected) return;
  let at = 0;
  while (actual[at] === expected[at]) at++;
  throw new Failure(
    `${who} holds ${actual.length} characters that differ from the ${expected.length} expected from character ${at} on`,
  );
}

import { ChangeSet, type ChangeSpec, type Text as Shown } from "@codemirror/state";
import type { Text } from "yjs";
import { touchesHalf } from "./whole-characters.js";

/** What stands in the view for a thing in the shared text that is not text: one character, as it counts one in both. */
const OBJECT = "\ufffc";

interface DeltaStep {
  readonly insert?: unknown;
  readonly delete?: number | undefined;
  readonly retain?: number | undefined;
}

/** The shared text as the view shows it, character for character. */
export function readText(text: Text): string {
  return (text.toDelta() as DeltaStep[]).map(({ insert }) => shown(insert)).join("");
}

/** The change of the shared text, of which `before` was shown, that its event tells. */
export function changesOf(before: Shown, delta: readonly DeltaStep[], text: Text): ChangeSet {
  const changes: ChangeSpec[] = [];
  let at = 0;
  let cuts = false;
  for (const step of delta) {
    cuts ||= touchesHalf(before, at);
    if (step.insert !== undefined) changes.push({ from: at, insert: shown(step.insert) });
    else if (step.delete !== undefined) {
      changes.push({ from: at, to: at + step.delete });
      at += step.delete;
    } else at += step.retain ?? 0;
    cuts ||= touchesHalf(before, at);
  }
  const told = ChangeSet.of(changes, before.length, "\n");
  return cuts ? told.compose(untold(told.apply(before), readText(text))) : told;
}

/** Makes the same changes in the shared text, in one transaction of `origin`. */
export function writeChanges(text: Text, changes: ChangeSet, origin: unknown): void {
  text.doc?.transact(() => {
    // Positions are those of the text before all changes; `shift` is what the earlier ones moved the rest by.
    let shift = 0;
    changes.iterChanges((from, to, _from, _to, inserted) => {
      const insert = inserted.sliceString(0, undefined, "\n");
      if (to > from) text.delete(from + shift, to - from);
      if (insert !== "") text.insert(from + shift, insert);
      shift += insert.length - (to - from);
    });
  }, origin);
}

/** Where an editor cuts a surrogate pair, Yjs destroys both halves and its event does not say so: unit for unit, what is another now. */
function untold(shown: Shown, now: string): ChangeSet {
  const before = shown.sliceString(0, undefined, "\n");
  const changes: ChangeSpec[] = [];
  // Of another length is only a text that has changed again since: that is told by an event of its own.
  for (let at = 0; at < now.length && now.length === before.length; at++)
    if (before[at] !== now[at]) changes.push({ from: at, to: at + 1, insert: now[at] ?? "" });
  return ChangeSet.of(changes, before.length, "\n");
}

function shown(insert: unknown): string {
  return typeof insert === "string" ? insert : OBJECT;
}

import type { ChangeSet, ChangeSpec } from "@codemirror/state";
import type { Text } from "yjs";

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

/** The changes of the view that a change of the shared text amounts to. */
export function changesOf(delta: readonly DeltaStep[]): ChangeSpec[] {
  const changes: ChangeSpec[] = [];
  let at = 0;
  for (const step of delta) {
    if (step.insert !== undefined) changes.push({ from: at, insert: shown(step.insert) });
    else if (step.delete !== undefined) {
      changes.push({ from: at, to: at + step.delete });
      at += step.delete;
    } else at += step.retain ?? 0;
  }
  return changes;
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

function shown(insert: unknown): string {
  return typeof insert === "string" ? insert : OBJECT;
}

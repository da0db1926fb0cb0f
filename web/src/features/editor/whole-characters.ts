import { ChangeSet, type ChangeSpec, type Text } from "@codemirror/state";

/**
 * The same change, widened until neither what it takes nor what it brings begins or ends inside a surrogate pair: Yjs cuts a pair only by
 * destroying both halves, for everybody. A half that stands alone becomes U+FFFD, as it would on its way to anybody; it counts one, too,
 * and when its other half comes the pair is written whole.
 */
export function wholeCharacters(before: Text, after: Text, changes: ChangeSet): ChangeSet {
  const whole: ChangeSpec[] = [];
  changes.iterChanges((fromA, toA, fromB, toB) => {
    const left = isInsidePair(before, fromA) || isInsidePair(after, fromB) ? 1 : 0;
    const right = isInsidePair(before, toA) || isInsidePair(after, toB) ? 1 : 0;
    const inserted = after.sliceString(fromB - left, toB + right, "\n");
    whole.push({ from: fromA - left, to: toA + right, insert: wellFormed(inserted) });
  });
  return ChangeSet.of(whole, before.length, "\n");
}

/** The text with U+FFFD in place of every half of a pair that stands alone. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Whether a place in a text, or next to it, touches half of a pair. */
export function touchesHalf(text: Text, at: number): boolean {
  return /[\ud800-\udfff]/.test(text.sliceString(Math.max(0, at - 1), Math.min(text.length, at + 1)));
}

function isInsidePair(text: Text, at: number): boolean {
  return at > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.sliceString(at - 1, at + 1));
}

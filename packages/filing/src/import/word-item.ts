/** Of which of Word's lists a paragraph is an item, and how deep. */
export interface WordItem {
  readonly list: string;
  /** From 1. */
  readonly level: number;
}

/** Reads `mso-list: l0 level2 lfo1`; null for anything else. */
export function wordItemOf(value: string): WordItem | null {
  const match = /^(\S+) level([1-9])\b/.exec(value);
  return match === null ? null : { list: match[1] ?? "", level: Number(match[2]) };
}

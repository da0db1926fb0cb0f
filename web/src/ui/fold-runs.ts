/** How to tell which items of a list belong together. */
export interface Folding<T> {
  /** Whose item it is; null for one that always stands alone. */
  readonly who: (item: T) => string | null;
  /** Whether `older` comes so directly before `newer` that both may be one run. */
  readonly joins: (newer: T, older: T) => boolean;
}

/** Runs up to this length are taken for two people typing at once when they alternate. */
const SHORT = 3;

/**
 * Folds a list (newest first) into runs: what one person did in a row, or, where several people take turns within a few
 * items, what they did together. Every item is in exactly one run, and the order stays.
 */
export function foldRuns<T>(items: readonly T[], { who, joins }: Folding<T>): T[][] {
  const runs = split(
    items,
    (newer, older) => who(newer) !== null && who(newer) === who(older) && joins(newer, older),
  );
  const mayMix = (run: T[] | undefined) =>
    run !== undefined && run.length <= SHORT && run[0] !== undefined && who(run[0]) !== null;
  const mixed = split(runs, (newer, older) => {
    const [last, first] = [newer.at(-1), older[0]];
    return mayMix(newer) && mayMix(older) && last !== undefined && first !== undefined && joins(last, first);
  });
  return mixed.map((group) => group.flat());
}

function split<T>(items: readonly T[], together: (newer: T, older: T) => boolean): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    const newer = group?.at(-1);
    if (group !== undefined && newer !== undefined && together(newer, item)) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

import type { Facts } from "@onrecord/policy/facts";

/** What a list query brings along of each row, so that policies can be asked without another read. */
export interface RowFacts {
  readonly id: string;
  readonly resourceKind: Facts["kind"];
  readonly labels: string[];
  readonly level: number;
}

/** The highest level that the grants of `held` give on the resource in this column. */
export function levelOn(column: string): string {
  return `(select coalesce(max(h.level), 0)::int from permissions.resource_path x
    join held h on h.resource_id = x.ancestor_id where x.descendant_id = ${column})`;
}

/** The facts of a row, for the decision point. */
export function factsOf({ id, resourceKind, labels, level }: RowFacts): Facts {
  return { id, kind: resourceKind, labels, level, grantId: null, expiresAt: null };
}

/**
 * Fills a page of `size` rows and the one that tells of more. Grants are judged in SQL, policies here: when they took rows away
 * from a full read, the next ones are read, until the page is full or the list ends.
 */
export async function fillPage<Row extends { readonly id: string }>(
  size: number,
  first: readonly Row[],
  visible: (row: Row) => boolean,
  readAfter: (id: string) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const kept = first.filter(visible);
  let read = first;
  while (kept.length <= size && read.length > size) {
    read = await readAfter(read.at(-1)!.id);
    kept.push(...read.filter(visible));
  }
  return kept;
}

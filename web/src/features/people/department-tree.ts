/** What a tree of departments is made of. */
interface Node {
  readonly id: string;
  readonly name: string;
  readonly parent: { readonly id: string } | null;
}

/** A department where it stands: how far down, and its name behind the names of those above it. */
export interface Placed<Row> {
  readonly row: Row;
  /** 0: below no other. */
  readonly depth: number;
  readonly path: string;
}

/** Departments as a tree laid out in lines, in the order given beside each other. One whose parent is not among them stands at the top. */
export function treeOf<Row extends Node>(rows: readonly Row[]): Placed<Row>[] {
  const known = new Set(rows.map(({ id }) => id));
  const below = new Map<string | null, Row[]>();
  for (const row of rows) {
    const parent = row.parent !== null && known.has(row.parent.id) ? row.parent.id : null;
    below.set(parent, [...(below.get(parent) ?? []), row]);
  }
  const placed: Placed<Row>[] = [];
  const place = (parent: string | null, depth: number, above: string) => {
    for (const row of below.get(parent) ?? []) {
      const path = above === "" ? row.name : `${above} / ${row.name}`;
      placed.push({ row, depth, path });
      place(row.id, depth + 1, path);
    }
  };
  place(null, 0, "");
  return placed;
}

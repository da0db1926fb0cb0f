import { type DocumentNode, Kind, type SelectionSetNode } from "graphql";

/** How many fields an operation may ask for, fragments expanded. */
export interface FieldBounds {
  readonly fields: number;
  /** Of one name in one place of the answer: each is held against each of the others before anything is planned. */
  readonly repeats: number;
}

/** What an operation asks for too much of; undefined: nothing. A fragment that spreads itself is left to validation. */
export function exceeds({ definitions }: DocumentNode, bounds: FieldBounds): keyof FieldBounds | undefined {
  const fragments = new Map(
    definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet] as const] : [],
    ),
  );
  let fields = 0;
  const repeats = new Map<string, number>();
  const walk = (
    { selections }: SelectionSetNode,
    place: string,
    within: ReadonlySet<string>,
  ): keyof FieldBounds | undefined => {
    for (const selection of selections) {
      if (++fields > bounds.fields) return "fields";
      let found: keyof FieldBounds | undefined;
      if (selection.kind === Kind.FIELD) {
        const here = `${place}/${(selection.alias ?? selection.name).value}`;
        const count = (repeats.get(here) ?? 0) + 1;
        if (count > bounds.repeats) return "repeats";
        repeats.set(here, count);
        found = selection.selectionSet && walk(selection.selectionSet, here, within);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        found = walk(selection.selectionSet, place, within);
      } else {
        const name = selection.name.value;
        const spread = within.has(name) ? undefined : fragments.get(name);
        found = spread && walk(spread, place, new Set([...within, name]));
      }
      if (found) return found;
    }
    return undefined;
  };
  for (const one of definitions) {
    if (one.kind !== Kind.OPERATION_DEFINITION) continue;
    const found = walk(one.selectionSet, "", new Set());
    if (found) return found;
  }
  return undefined;
}

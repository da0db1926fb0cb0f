/** A Postgres array of numbers, booleans or ids, as text that is written while the values come: none of them needs quoting. */
export class Column {
  #items = "";

  add(value: number | boolean | string | null): void {
    const item = value === null ? "NULL" : String(value);
    this.#items += this.#items === "" ? item : `,${item}`;
  }

  get text(): string {
    return `{${this.#items}}`;
  }
}

/** The array of what `value` gives for each of the items. */
export function column<Item>(
  items: readonly Item[],
  value: (item: Item) => number | boolean | string | null,
): string {
  const column = new Column();
  for (const item of items) column.add(value(item));
  return column.text;
}

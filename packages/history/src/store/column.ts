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

import * as Y from "yjs";
import type { Damage, Decoded, Detector, Version } from "./damage.js";

/**
 * Finds versions that only add empty cells to tables whose rows were of different widths: pages mended such tables by themselves, each
 * anew, in the name of whoever had them open.
 */
export class GrownTables implements Detector {
  readonly #found: { readonly damage: Damage; readonly cells: readonly Y.XmlElement[] }[] = [];

  before(): void {}

  after(doc: Y.Doc, { structs, ds }: Decoded, { version, carrierId }: Version): void {
    if (structs.length === 0 || ds.clients.size > 0) return;
    const cells: Y.XmlElement[] = [];
    const items = structs.map(({ id }) => Y.getItem(doc.store, id));
    const made = new Set<unknown>(items);
    for (const item of items) {
      if (!(item instanceof Y.Item) || item.content instanceof Y.ContentString) return;
      if (made.has(item.parent instanceof Y.AbstractType ? item.parent._item : null)) continue;
      const cell = item.content instanceof Y.ContentType ? item.content.type : null;
      if (!(cell instanceof Y.XmlElement) || !isCell(cell)) return;
      cells.push(cell);
    }
    const tables = new Set(cells.map((cell) => cell.parent?.parent));
    const added = new Set(cells);
    const grown = [...tables].filter((table) => table instanceof Y.XmlElement);
    if (grown.length < tables.size || grown.some((table) => !isRagged(table, added))) return;
    const text = `${cells.length === 1 ? "an empty cell was" : `${cells.length} empty cells were`} added to a table of uneven rows`;
    const damage: Damage = { version, kind: "GROWN_TABLES", count: cells.length, carrierId, text };
    this.#found.push({ damage, cells });
  }

  found(): Damage[] {
    return this.#found
      .filter(({ cells }) => cells.some(({ _item }) => _item !== null && !_item.deleted))
      .map(({ damage }) => damage);
  }
}

function isCell(element: Y.XmlElement): boolean {
  return element.nodeName === "tableCell" || element.nodeName === "tableHeader";
}

/** Whether a table's rows differ in width without these cells; a cell that reaches down widens the rows below it. */
function isRagged(table: Y.XmlElement, without: ReadonlySet<Y.XmlElement>): boolean {
  const rows = table.toArray().filter((row) => row instanceof Y.XmlElement);
  const widths = rows.map(() => 0);
  for (const [at, row] of rows.entries())
    for (const cell of row.toArray()) {
      if (!(cell instanceof Y.XmlElement) || without.has(cell)) continue;
      const down = Math.min(rows.length - at, spanOf(cell, "rowspan"));
      for (let below = at; below < at + down; below++) widths[below]! += spanOf(cell, "colspan");
    }
  return new Set(widths).size > 1;
}

function spanOf(cell: Y.XmlElement, attribute: string): number {
  const given: unknown = cell.getAttribute(attribute);
  const span = typeof given === "number" || typeof given === "string" ? Number(given) : 1;
  return Number.isInteger(span) && span >= 1 ? Math.min(span, 1000) : 1;
}

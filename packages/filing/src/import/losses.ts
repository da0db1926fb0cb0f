/** What of a page does not come into the filing. */
export type LossKind =
  | "picture"
  | "drawing"
  | "embedded"
  | "field"
  | "hidden text"
  | "link"
  | "fact"
  | "emphasis"
  | "damaged letters"
  | "exhibit";

/** One thing that did not come in. */
export interface Loss {
  readonly kind: LossKind;
  /** How many there are at this place. */
  readonly count: number;
  /** After which paragraph it stood, counted from 1; 0 before the first. */
  readonly place: number;
  /** The words before it, at most 60 characters of them; empty at the beginning. */
  readonly before: string;
  /** What it was: an address, a name, its first words; empty where there is nothing to say. */
  readonly what: string;
}

const longest = 60;
const mostItems = 1000;
/** Filings have thousands of these in a row: they are told once, where the first stood. */
const toldOnce = new Set<LossKind>(["fact", "damaged letters"]);

/** Gathers what is lost while a page is read. */
export class Losses {
  readonly #items: { -readonly [Key in keyof Loss]: Loss[Key] }[] = [];
  readonly #place: () => number;
  #trail = "";

  /** `place` answers how many paragraphs have come in. */
  constructor(place: () => number) {
    this.#place = place;
  }

  /** Text that comes in: what is lost after it stands behind it. */
  passed(text: string): void {
    if (text.includes("\ufffd")) this.add("damaged letters", "", text.split("\ufffd").length - 1);
    this.#trail = (this.#trail + text.slice(-longest * 4)).slice(-longest * 8);
  }

  add(kind: LossKind, what = "", count = 1): void {
    const said = shown(what).slice(0, longest).toWellFormed();
    if (kind === "hidden text" && said === "") return;
    const before = shown(this.#trail).slice(-longest).toWellFormed();
    const place = this.#place();
    const last = this.#items.at(-1);
    const same = toldOnce.has(kind)
      ? this.#items.find((item) => item.kind === kind)
      : this.#items.length >= mostItems
        ? this.#items.findLast((item) => item.kind === kind)
        : last?.kind === kind && last.before === before && last.place === place
          ? last
          : undefined;
    if (same !== undefined) same.count += count;
    else this.#items.push({ kind, count, place, before, what: said });
  }

  get all(): readonly Loss[] {
    return this.#items;
  }
}

/** Without what only layout engines see. */
function shown(text: string): string {
  return text
    .replace(/[\u00ad\u200b\u200e\u200f\u2060\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

import type { DefaultTreeAdapterTypes } from "parse5";

type Element = DefaultTreeAdapterTypes.Element;

/** The element around an element, or null for the outermost. */
export function parentOf(element: Element): Element | null {
  const parent = element.parentNode;
  return parent !== null && "tagName" in parent ? parent : null;
}

/** What selectors ask about the elements of a page, remembered. */
export class PageIndex {
  readonly #classes = new WeakMap<Element, ReadonlySet<string>>();
  readonly #places = new WeakMap<object, Map<Element, number>>();
  readonly #order = new WeakMap<object, Element[]>();
  readonly #quirks: boolean;
  readonly #count: () => void;

  /** `count` is told of every step of a selector that is tried, and may throw when they are too many. */
  constructor(quirks: boolean, count: () => void) {
    this.#quirks = quirks;
    this.#count = count;
  }

  count(): void {
    this.#count();
  }

  idOf(element: Element): string | null {
    const id = element.attrs.find(({ name }) => name === "id")?.value;
    return id === undefined ? null : this.#fold(id);
  }

  classesOf(element: Element): ReadonlySet<string> {
    const known = this.#classes.get(element);
    if (known !== undefined) return known;
    const said = element.attrs.find(({ name }) => name === "class")?.value ?? "";
    const classes = new Set(
      this.#fold(said)
        .split(/\s+/)
        .filter((name) => name !== ""),
    );
    this.#classes.set(element, classes);
    return classes;
  }

  /** Which child of its parent an element is, from 1. */
  placeOf(element: Element): number {
    const parent = element.parentNode;
    if (parent === null) return 1;
    const known = this.#places.get(parent);
    if (known !== undefined) return known.get(element) ?? 1;
    const order = parent.childNodes.filter((one): one is Element => "tagName" in one);
    const places = new Map(order.map((one, index) => [one, index + 1]));
    this.#order.set(parent, order);
    this.#places.set(parent, places);
    return places.get(element) ?? 1;
  }

  siblingsOf(element: Element): number {
    this.placeOf(element);
    return element.parentNode === null ? 1 : (this.#order.get(element.parentNode)?.length ?? 1);
  }

  elementBefore(element: Element): Element | null {
    const place = this.placeOf(element);
    return element.parentNode === null ? null : (this.#order.get(element.parentNode)?.[place - 2] ?? null);
  }

  #fold(text: string): string {
    return this.#quirks ? text.toLowerCase() : text;
  }
}

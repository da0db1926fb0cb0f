/** How much may wait. */
export interface QueueBounds {
  /** All together. */
  readonly capacity: number;
  /** Of one owner. */
  readonly perOwner: number;
}

/**
 * A queue in which each owner has a turn, however much another one brings. Where it is full, whoever has most waiting loses their newest
 * to a newcomer who has less.
 */
export class FairQueue<Item> {
  /** In the order of their turns; none is empty. */
  readonly #lines = new Map<string, Item[]>();
  #length = 0;

  constructor(private readonly bounds: QueueBounds) {}

  get length(): number {
    return this.#length;
  }

  /** Puts an item behind those of its owner. Returns what has no place: the item itself, another one, or undefined when there is room. */
  push(owner: string, item: Item): Item | undefined {
    const line = this.#lines.get(owner);
    const own = line?.length ?? 0;
    if (own >= this.bounds.perOwner) return item;
    let out: Item | undefined;
    if (this.#length >= this.bounds.capacity) {
      const longest = this.#longest();
      if (longest === undefined || longest.length <= own + 1) return item;
      out = longest.pop()!;
      this.#length--;
    }
    if (line) line.push(item);
    else this.#lines.set(owner, [item]);
    this.#length++;
    return out;
  }

  /** The next in turn; its owner's turn comes again behind all others. */
  shift(): Item | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [owner, line] = first;
    const next = line.shift();
    this.#lines.delete(owner);
    if (line.length > 0) this.#lines.set(owner, line);
    this.#length--;
    return next;
  }

  #longest(): Item[] | undefined {
    let longest: Item[] | undefined;
    for (const line of this.#lines.values()) if (line.length > (longest?.length ?? 0)) longest = line;
    return longest;
  }
}

import * as Y from "yjs";
import type { Inspection, Struct } from "./inspect.js";

/**
 * How much of others' work Yjs passes to find the places of what an update brings: what stands between the neighbours that an item names
 * and was not seen by its writer (the loop in YATA's `integrate`). People who hear each other cause none. Writers who insert again and
 * again at the same place without listening cause the product of what they write, and so does everybody who loads the document later:
 * 25,000 such items take a minute and a half. Counted without applying anything; no further than `most`.
 */
export function mergeSteps(doc: Y.Doc, { claims }: Inspection, most: number): number {
  const [first] = claims.values();
  const places =
    claims.size === 1 && first!.structs.length === 1
      ? new Places(doc, claims)
      : new SharedPlaces(doc, claims);
  let steps = 0;
  for (const [client, { structs }] of claims) {
    const known = Y.getState(doc.store, client);
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.id.clock + struct.length <= known) continue;
      steps += places.unseenBy(struct, most - steps);
      if (steps > most) return steps;
    }
  }
  return steps;
}

/** Neighbours in an update that are asked, one after the other, for what none of them says. */
const MOST_NAMED = 250_000;

type List = NonNullable<ReturnType<Y.Doc["share"]["get"]>>;

/** Siblings in one update: items that name the same left neighbour, of all clientIDs and of each. */
interface Siblings {
  total: number;
  readonly of: Map<number, number>;
}

/** Where an item stands as far as the document can tell. */
interface Place {
  /** The first item in the document that it stands before, and its right neighbours in the update with it. */
  readonly right: Y.Item | null;
  /** The last of those neighbours, or the item itself. */
  readonly last: Y.Item;
}

/** The places of items, as far as a document has them. */
class Places {
  constructor(
    protected readonly doc: Y.Doc,
    private readonly claims: Inspection["claims"],
  ) {}

  unseenBy(item: Y.Item, most: number): number {
    return this.between(item, this.stored(item.rightOrigin), most);
  }

  /** As many as Yjs passes at most: it goes on as long as what it meets was put behind the same neighbour, or behind what it has met. */
  protected between(item: Y.Item, right: Y.Item | null, most: number, last = item): number {
    const { origin } = item;
    if (origin && !this.isStored(origin)) return 1;
    const left = this.stored(origin);
    // Both are in one item, which is divided for it.
    if (left !== null && left === right) return 0;
    const met = new Set<Y.Item>();
    let other = left === null ? this.#startOf(last, right) : left.right;
    while (other !== null && other !== right && met.size <= most) {
      met.add(other);
      if (!Y.compareIDs(origin, other.origin) && !met.has(this.stored(other.origin)!)) break;
      other = other.right;
    }
    return met.size;
  }

  /** The struct of the update that has an id. */
  protected brought({ client, clock }: Y.ID): Struct | undefined {
    const structs = this.claims.get(client)?.structs ?? [];
    let low = 0;
    let high = structs.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const struct = structs[middle]!;
      if (clock < struct.id.clock) high = middle - 1;
      else if (clock >= struct.id.clock + struct.length) low = middle + 1;
      else return struct;
    }
    return undefined;
  }

  /** The first of the list that an item is in; of a map, of all that its key has had. */
  #startOf(item: Y.Item, right: Y.Item | null): Y.Item | null {
    const { parent, parentSub } = right ?? this.teller(item);
    const type = parent instanceof Y.AbstractType ? parent : this.typeOf(parent);
    if (!type) return null;
    if (parentSub === null) return type._start;
    let first = type._map.get(parentSub) ?? null;
    while (first !== null && first.left !== null) first = first.left;
    return first;
  }

  /** Who tells which list an item is in: it says so itself only if it names no neighbour. */
  protected teller(item: Y.Item): Y.Item {
    let at = item;
    for (let count = 0; at.parent === null && count < MOST_NAMED; count++) {
      const neighbour = at.origin ?? at.rightOrigin;
      if (neighbour === null) break;
      const next = this.stored(neighbour) ?? this.brought(neighbour);
      if (!(next instanceof Y.Item)) break;
      at = next;
    }
    return at;
  }

  /** The list or map that an item says it is in: a root by its name, or another by the item that it is. */
  protected typeOf(parent: unknown): List | undefined {
    if (typeof parent === "string") return this.doc.share.get(parent);
    if (!(parent instanceof Y.ID)) return undefined;
    const content = this.stored(parent)?.content;
    return content instanceof Y.ContentType ? content.type : undefined;
  }

  protected isStored({ client, clock }: Y.ID): boolean {
    return clock < Y.getState(this.doc.store, client);
  }

  protected stored(id: Y.ID | null): Y.Item | null {
    if (id === null || !this.isStored(id)) return null;
    const struct: unknown = Y.getItem(this.doc.store, id);
    return struct instanceof Y.Item ? struct : null;
  }
}

class SharedPlaces extends Places {
  readonly #places = new Map<Y.Item, Place>();
  readonly #lists = new Map<Y.Item, unknown>();
  readonly #numbers = new Map<unknown, number>();
  readonly #walked = new Map<Y.Item | null, Map<Y.Item, number>>();
  readonly #siblings = new Map<unknown, Siblings>();

  override unseenBy(item: Y.Item, most: number): number {
    return this.#memoized(item, most) + this.#among(item);
  }

  /** What of the document is between an item's neighbours; items of one update that stand at one place pass the same. */
  #memoized(item: Y.Item, most: number): number {
    // Whoever saw what its left neighbour is has seen what is behind that: Yjs looks at one and stops.
    if (item.origin && !this.isStored(item.origin)) return 1;
    const left = this.stored(item.origin);
    const { right, last } = this.#placeOf(item);
    const walked = this.#walked.get(left) ?? new Map<Y.Item, number>();
    const end = right ?? last;
    const steps = walked.get(end) ?? this.between(item, right, most, last);
    this.#walked.set(left, walked.set(end, steps));
    return steps;
  }

  /** What others bring in the same update for the same place. */
  #among(item: Y.Item): number {
    const { origin, id } = item;
    const list = origin ? `${origin.client}:${origin.clock}` : this.#listOf(item);
    const siblings = this.#siblings.get(list) ?? { total: 0, of: new Map<number, number>() };
    this.#siblings.set(list, siblings);
    const own = siblings.of.get(id.client) ?? 0;
    siblings.total++;
    siblings.of.set(id.client, own + 1);
    return siblings.total - 1 - own;
  }

  #placeOf(item: Y.Item): Place {
    const passed: Y.Item[] = [];
    let place: Place | undefined;
    for (let at = item; place === undefined; ) {
      place = this.#places.get(at);
      if (place) break;
      // Until it is known: what names itself in a circle has no place, and is never integrated.
      this.#places.set(at, { right: null, last: at });
      passed.push(at);
      const { rightOrigin } = at;
      const next = rightOrigin && !this.isStored(rightOrigin) ? this.brought(rightOrigin) : undefined;
      if (next instanceof Y.Item) at = next;
      else place = { right: this.stored(rightOrigin), last: at };
    }
    for (const each of passed) this.#places.set(each, place);
    return place;
  }

  /** The list that an item is the first of, or the entry of a map: anything that is the same for all that are in it. */
  #listOf(item: Y.Item): unknown {
    const { right, last } = this.#placeOf(item);
    let list = this.#lists.get(last);
    if (list === undefined) {
      const { parent, parentSub } = right ?? this.teller(last);
      const type = parent instanceof Y.AbstractType ? parent : this.typeOf(parent);
      const named = parent instanceof Y.ID ? `${parent.client}:${parent.clock}` : parent;
      list = parentSub === null ? (type ?? named) : `${this.#numberOf(type ?? named)}/${parentSub}`;
      this.#lists.set(last, list);
    }
    return list;
  }

  #numberOf(list: unknown): number {
    const number = this.#numbers.get(list) ?? this.#numbers.size;
    this.#numbers.set(list, number);
    return number;
  }
}

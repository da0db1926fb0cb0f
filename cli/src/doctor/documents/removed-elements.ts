import { filingSchema } from "@onrecord/filing/schema";
import * as Y from "yjs";
import type { Damage, Decoded, Detector, Version } from "./damage.js";

/** Whether somebody opened the document just before a version of theirs, so that it need not have been meant. */
export type JustOpened = (version: Version) => boolean;

/**
 * Finds versions that do nothing but delete what the page's schema does not know, by somebody who had just opened the document: pages did
 * that by themselves, in the name of whoever looked.
 */
export class RemovedElements implements Detector {
  readonly #found: Damage[] = [];

  constructor(private readonly justOpened: JustOpened) {}

  before(doc: Y.Doc, { structs, ds }: Decoded, version: Version): void {
    if (structs.length > 0 || ds.clients.size === 0 || !this.justOpened(version)) return;
    const items = [...itemsIn(doc, ds)];
    const going = new Set(items);
    const tops = items.filter(
      ({ parent }) => !(parent instanceof Y.AbstractType) || !going.has(parent._item!),
    );
    const names = tops.map(unknownName);
    if (names.length === 0 || names.includes(null)) return;
    const { version: number, carrierId } = version;
    const text = `elements or formatting unknown to the page's schema were deleted: ${[...new Set(names)].join(", ")}`;
    this.#found.push({ version: number, kind: "REMOVED_ELEMENTS", count: names.length, carrierId, text });
  }

  after(): void {}

  found(): readonly Damage[] {
    return this.#found;
  }
}

function* itemsIn({ store }: Y.Doc, ds: Decoded["ds"]): Generator<Y.Item> {
  for (const [client, ranges] of ds.clients) {
    const structs = store.clients.get(client) ?? [];
    for (const { clock, len } of ranges) {
      if (clock >= Y.getState(store, client)) continue;
      for (
        let i = Y.findIndexSS(structs, clock);
        i < structs.length && structs[i]!.id.clock < clock + len;
        i++
      ) {
        const struct = structs[i];
        if (struct instanceof Y.Item && !struct.deleted) yield struct;
      }
    }
  }
}

/** What of an item the page's schema does not know; null where it knows it. */
function unknownName({ content }: Y.Item): string | null {
  if (content instanceof Y.ContentFormat) return unknownMark(content.key);
  if (!(content instanceof Y.ContentType)) return null;
  const { type } = content;
  if (type instanceof Y.XmlElement)
    return Object.hasOwn(filingSchema.nodes, type.nodeName) ? null : type.nodeName;
  if (!(type instanceof Y.XmlText)) return null;
  for (let item = type._start; item !== null; item = item.right)
    if (!item.deleted && item.content instanceof Y.ContentFormat) {
      const mark = unknownMark(item.content.key);
      if (mark !== null) return mark;
    }
  return null;
}

/** Marks that may overlap themselves are kept under `name--hash`. */
function unknownMark(key: string): string | null {
  const name = key.replace(/--[\w+/=]{8}$/, "");
  return Object.hasOwn(filingSchema.marks, name) ? null : name;
}

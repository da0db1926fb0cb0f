import * as Y from "yjs";
import { type CutPairs, cutPairs } from "./cut-pairs.js";
import { IdMap } from "./id-map.js";
import { keepCharacters } from "./whole-text.js";

/** Answers, for a stretch of ids, where the older version had them and showed them. */
export interface Side {
  /** Whether the older version knew the id, deleted or not. */
  has(client: number, clock: number): boolean;
  /** The stretch in spans that were all visible, or all not. */
  visible(
    client: number,
    clock: number,
    length: number,
  ): { clock: number; length: number; visible: boolean }[];
}

/** Two versions as one document. */
export interface Joined {
  readonly doc: Y.Doc;
  readonly before: Side;
  readonly cut: CutPairs;
}

/**
 * One document that stands at `newer` and still holds whatever `older` showed: both versions' items in their final order.
 * An item never changes its place or content, so what either version shows is told by ids alone; but for characters of two units that
 * were cut, which are told by `cut`.
 */
export function joinVersions(older: Y.Doc, newer: Y.Doc): Joined {
  const doc = uncollected(older);
  const before = sideOf(doc);
  keepCharacters(doc);
  catchUp(doc, Y.encodeStateAsUpdate(newer, Y.encodeStateVector(doc)));
  return { doc, before, cut: cutPairs(older, newer, doc) };
}

/**
 * The same by way of every change between the two, one by one: it also holds what was written and deleted again in between.
 */
export function joinChanges(older: Y.Doc, newer: Y.Doc, changes: readonly Uint8Array[]): Joined {
  const doc = uncollected(older);
  const before = sideOf(doc);
  keepCharacters(doc);
  for (const update of changes) catchUp(doc, update);
  return { doc, before, cut: cutPairs(older, newer, doc) };
}

/** A copy that keeps what is deleted from here on. */
export function uncollected(from: Y.Doc): Y.Doc {
  const doc = new Y.Doc({ gc: false });
  catchUp(doc, Y.encodeStateAsUpdate(from));
  return doc;
}

/** Applies as one transaction that counts as local: in a remote one Yjs would tidy formatting, which no version did. */
export function catchUp(doc: Y.Doc, update: Uint8Array, origin?: unknown): void {
  doc.transact(() => Y.applyUpdate(doc, update), origin);
}

/** What a document shows now, remembered after it has moved on. */
export function sideOf(doc: Y.Doc): Side {
  const { sv, ds } = Y.snapshot(doc);
  const gone = new IdMap();
  for (const [client, deletes] of ds.clients)
    for (const { clock, len } of deletes) gone.add(client, clock, len, 1);
  return {
    has: (client, clock) => clock < (sv.get(client) ?? 0),
    visible(client, clock, length) {
      const known = Math.min(length, Math.max(0, (sv.get(client) ?? 0) - clock));
      const spans = gone
        .spans(client, clock, known)
        .map(({ value, ...span }) => ({ ...span, visible: value === undefined }));
      return known === length
        ? spans
        : [...spans, { clock: clock + known, length: length - known, visible: false }];
    },
  };
}

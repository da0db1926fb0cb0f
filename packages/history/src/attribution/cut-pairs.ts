import * as Y from "yjs";
import { pairsOf, unitAt } from "./whole-text.js";

/** Half of a character that the older version shows and the newer one does not show as it was. */
export interface CutUnit {
  readonly clock: number;
  /** What of the older version is told in its place: all of the character at its first half, nothing at the second. */
  readonly before: string;
  /** What the newer version shows there, if anything. */
  readonly after: string;
  /** The clock of the first half. */
  readonly pair: number;
}

/** By client, in order of their clocks. */
export type CutPairs = ReadonlyMap<number, readonly CutUnit[]>;

/**
 * The characters of two UTF-16 units that came apart between two versions, or went: an id names half of one, so the halves may have gone
 * at different times, and Yjs changes what it shows of a half that stays. `joined` stands at `newer` and keeps what `older` showed.
 */
export function cutPairs(older: Y.Doc, newer: Y.Doc, joined: Y.Doc): CutPairs {
  const cut = new Map<number, CutUnit[]>();
  for (const { client, clock, text } of pairsOf(older)) {
    const after = [clock, clock + 1].map((unit) => unitAt(newer, client, unit) ?? "");
    const item = Y.getItem(joined.store, Y.createID(client, clock));
    if (after.join("") === text && item.id.clock + item.length > clock + 1) continue;
    const units = cut.get(client) ?? [];
    units.push({ clock, before: text, after: after[0] ?? "", pair: clock });
    units.push({ clock: clock + 1, before: "", after: after[1] ?? "", pair: clock });
    cut.set(client, units);
  }
  return cut;
}

/** Those of a stretch of ids. */
export function cutWithin(cut: CutPairs, client: number, clock: number, length: number): readonly CutUnit[] {
  const units = cut.get(client);
  if (units === undefined) return [];
  return units.slice(firstFrom(units, clock), firstFrom(units, clock + length));
}

/** Where the first of the units that are not below a clock stands. */
function firstFrom(units: readonly CutUnit[], clock: number): number {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (units[middle]!.clock < clock) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { Slices } from "@onrecord/core/lane";

/** Clocks `clock … end - 1` of one client, all with the same value. */
interface Range {
  readonly clock: number;
  end: number;
  readonly value: number;
}

/** A stretch of clocks with one value, or with none known. */
export interface Span {
  readonly clock: number;
  readonly length: number;
  readonly value: number | undefined;
}

/** A map of ids as plain memory, that another thread can be given. */
export interface PackedIdMap {
  /** For each client: its number, how many ranges it has in order, and how many behind those that are not in order yet. */
  readonly clients: Float64Array;
  /** Of each range: clock, end, value. */
  readonly ranges: Float64Array;
}

/** A number for each Yjs id, run-length coded. What an id was given first stays: adding it again changes nothing. */
export class IdMap {
  readonly #clients = new Map<number, Ranges>();

  add(client: number, clock: number, length: number, value: number): void {
    const ranges = this.#clients.get(client) ?? new Ranges();
    this.#clients.set(client, ranges);
    ranges.add({ clock, end: clock + length, value });
  }

  /** The values of `length` ids from `clock` on: spans that cover all of them, in order. */
  spans(client: number, clock: number, length: number): Span[] {
    const ranges = this.#clients.get(client);
    if (length === 0) return [];
    return ranges === undefined ? [{ clock, length, value: undefined }] : ranges.spans(clock, clock + length);
  }

  /** Everything as it is when its turn comes: what is added meanwhile may be there or not. */
  async pack(slices: Slices): Promise<PackedIdMap> {
    const clients: number[] = [];
    const parts: Float64Array[] = [];
    for (const [client, ranges] of this.#clients) {
      const { settled, added } = ranges.lists();
      clients.push(client, settled, added);
      parts.push(ranges.packed());
      if (slices.isOver) await slices.next();
    }
    const ranges = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      ranges.set(part, at);
      at += part.length;
      if (slices.isOver) await slices.next();
    }
    return { clients: Float64Array.from(clients), ranges };
  }

  /** What was packed. */
  static of({ clients, ranges }: PackedIdMap): IdMap {
    const map = new IdMap();
    let at = 0;
    for (let i = 0; i < clients.length; i += 3) {
      const [client, settled, added] = [clients[i]!, clients[i + 1]!, clients[i + 2]!];
      const end = at + 3 * (settled + added);
      map.#clients.set(client, Ranges.of(ranges.subarray(at, end), settled));
      at = end;
    }
    return map;
  }
}

class Ranges {
  /** Sorted and disjoint. */
  #settled: Range[] = [];
  /** In the order they were added; sorted in when somebody asks, since inserting one by one would be quadratic. */
  #added: Range[] = [];

  static of(packed: Float64Array, settled: number): Ranges {
    const ranges = new Ranges();
    for (let i = 0; i < packed.length; i += 3) {
      const list = i < 3 * settled ? ranges.#settled : ranges.#added;
      list.push({ clock: packed[i]!, end: packed[i + 1]!, value: packed[i + 2]! });
    }
    return ranges;
  }

  /** How long the lists are. */
  lists(): { readonly settled: number; readonly added: number } {
    return { settled: this.#settled.length, added: this.#added.length };
  }

  packed(): Float64Array {
    const packed = new Float64Array(3 * (this.#settled.length + this.#added.length));
    let at = 0;
    for (const list of [this.#settled, this.#added])
      for (const { clock, end, value } of list) {
        packed[at++] = clock;
        packed[at++] = end;
        packed[at++] = value;
      }
    return packed;
  }

  add(range: Range): void {
    const last = this.#settled.at(-1);
    if (this.#added.length > 0 || (last !== undefined && range.clock < last.end)) this.#added.push(range);
    else if (last !== undefined && last.end === range.clock && last.value === range.value)
      last.end = range.end;
    else this.#settled.push(range);
  }

  spans(from: number, to: number): Span[] {
    this.#settle();
    const spans: Span[] = [];
    let clock = from;
    for (let i = this.#firstEndingAfter(from); clock < to; i++) {
      const range = this.#settled[i];
      const start = Math.min(range?.clock ?? to, to);
      if (start > clock) spans.push({ clock, length: start - clock, value: undefined });
      if (range === undefined || start === to) break;
      clock = Math.max(clock, start);
      const end = Math.min(range.end, to);
      spans.push({ clock, length: end - clock, value: range.value });
      clock = end;
    }
    return spans;
  }

  #firstEndingAfter(clock: number): number {
    let low = 0;
    let high = this.#settled.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#settled[middle]!.end > clock) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** A merge sort whose merge lets the older list win. */
  #settle(): void {
    if (this.#added.length === 0) return;
    let lists = this.#added.map((range) => [range]);
    this.#added = [];
    while (lists.length > 1) {
      const merged: Range[][] = [];
      for (let i = 0; i < lists.length; i += 2) merged.push(overlay(lists[i]!, lists[i + 1] ?? []));
      lists = merged;
    }
    this.#settled = overlay(this.#settled, lists[0] ?? []);
  }
}

/** Both lists as one; where they overlap, the older one's value stays. Linear, since both are sorted and disjoint. */
function overlay(older: readonly Range[], newer: readonly Range[]): Range[] {
  const out: Range[] = [];
  const put = ({ clock, end, value }: Range) => {
    const last = out.at(-1);
    if (last !== undefined && last.end === clock && last.value === value) last.end = end;
    else out.push({ clock, end, value });
  };
  let next = 0;
  for (const range of newer) {
    let clock = Math.max(range.clock, out.at(-1)?.end ?? 0);
    while (clock < range.end) {
      const old = older[next];
      if (old !== undefined && old.clock <= clock) {
        put(old);
        clock = Math.max(clock, old.end);
        next++;
      } else {
        const end = Math.min(range.end, old?.clock ?? range.end);
        put({ clock, end, value: range.value });
        clock = end;
      }
    }
  }
  for (; next < older.length; next++) put(older[next]!);
  return out;
}

import type * as Y from "yjs";
import type { Change, Json, Reformat, Stamp } from "./content-tree.js";
import { toJson } from "./to-json.js";

/** A format mark, which of the versions show it, and how it came and went. */
export interface Mark {
  readonly before: boolean;
  readonly after: boolean;
  readonly inserted: Stamp | null;
  readonly deleted: Stamp | null | undefined;
}

/** The formatting of a run; two runs with the same `key` have the same. */
export interface Format {
  readonly key: string;
  readonly format?: { readonly [key: string]: Json };
  readonly reformatted?: readonly Reformat[];
}

type InForce = Map<string, Mark & { readonly value: Json }>;

/** The formatting in force at a place in a text, in the older version and in the newer one. */
export class Formatting {
  readonly #before: InForce = new Map();
  readonly #after: InForce = new Map();
  #known: Partial<Record<Change, Format>> = {};

  /** Passes a format mark. */
  pass(content: Y.ContentFormat, mark: Mark): void {
    const valued = { ...mark, value: toJson(content.value) };
    if (mark.before) this.#before.set(content.key, valued);
    if (mark.after) this.#after.set(content.key, valued);
    this.#known = {};
  }

  /** What is in force for a run that only the older version shows, only the newer one, or both. */
  of(change: Change): Format {
    this.#known[change] ??= this.#read(change);
    return this.#known[change];
  }

  #read(change: Change): Format {
    const format = valuesOf(change === "deleted" ? this.#before : this.#after);
    const keys =
      change === "same" ? [...new Set([...this.#before.keys(), ...this.#after.keys()])].sort() : [];
    const reformatted = keys.flatMap((key) => this.#reformat(key));
    return {
      key: JSON.stringify([format, reformatted]),
      ...(format.length > 0 ? { format: Object.fromEntries(format) } : {}),
      ...(reformatted.length > 0 ? { reformatted } : {}),
    };
  }

  /** Where the versions differ, the newer one's mark is new or the older one's is gone: that is who did it. */
  #reformat(key: string): Reformat[] {
    const old = this.#before.get(key);
    const now = this.#after.get(key);
    const [before, after] = [old?.value ?? null, now?.value ?? null];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const by = now !== undefined && !now.before ? now.inserted : (old?.deleted ?? null);
    return [{ key, before, after, by }];
  }
}

function valuesOf(marks: InForce): [string, Json][] {
  return [...marks]
    .flatMap(([key, { value }]): [string, Json][] => (value === null ? [] : [[key, value]]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

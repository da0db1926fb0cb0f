import type { AttributedSpan, ChangeIndex, Origin } from "./change-index.js";
import type { Stamp } from "./content-tree.js";

/** A stretch of ids with the stamp of whoever made or deleted it. */
export interface Stamped {
  readonly clock: number;
  readonly length: number;
  readonly stamp: Stamp | null;
}

/** Gives stamps to stretches of ids, and says which neighbours may share one. */
export class Stamps {
  /** Whom the stamps name, by their index. */
  readonly origins: Origin[] = [];
  readonly #known = new Map<Origin, number>();

  /**
   * Runs of one origin are joined when no more than `pause` milliseconds lie between them; with null, only runs of the same
   * version are.
   */
  constructor(
    private readonly index: ChangeIndex,
    private readonly pause: number | null,
  ) {}

  inserted(client: number, clock: number, length: number): Stamped[] {
    return Array.from(this.index.insertions(client, clock, length), (run) => this.#stamp(run));
  }

  deleted(client: number, clock: number, length: number): Stamped[] {
    return Array.from(this.index.deletions(client, clock, length), (run) => this.#stamp(run));
  }

  /** The stamp of what a version deleted without telling: what followed from what it did tell. */
  deletedIn(version: number): Stamp | null {
    return this.#stamp({ clock: 0, length: 1, version, origin: this.index.deleterIn(version) }).stamp;
  }

  /** Whether both are proven to be one person's. */
  isSamePerson(a: Stamp, b: Stamp): boolean {
    const [one, other] = [this.origins[a.by]?.userId, this.origins[b.by]?.userId];
    return one !== undefined && one !== null && one === other;
  }

  /** One stamp for two neighbours, or undefined where each needs its own. */
  join(a: Stamp | null | undefined, b: Stamp | null | undefined): Stamp | null | undefined {
    if (!a || !b) return a === b ? a : undefined;
    if (a.by !== b.by) return undefined;
    if (a.versions[0] === b.versions[0] && a.versions[1] === b.versions[1]) return a;
    if (this.pause === null) return undefined;
    const [first, last] = a.versions[0] <= b.versions[0] ? [a, b] : [b, a];
    if (Date.parse(last.at[0]) - Date.parse(first.at[1]) > this.pause) return undefined;
    const newest = a.versions[1] >= b.versions[1] ? a : b;
    return {
      by: a.by,
      versions: [first.versions[0], newest.versions[1]],
      at: [first.at[0], newest.at[1]],
    };
  }

  #stamp({ clock, length, version, origin }: AttributedSpan): Stamped {
    if (version === null) return { clock, length, stamp: null };
    let by = this.#known.get(origin);
    if (by === undefined) {
      by = this.origins.push(origin) - 1;
      this.#known.set(origin, by);
    }
    const at = this.index.at(version).toISOString();
    return { clock, length, stamp: { by, versions: [version, version], at: [at, at] } };
  }
}

import type { Bus } from "@onrecord/bus/bus";
import { BatchQueue } from "@onrecord/core/batch-queue";
import { newId } from "@onrecord/core/ids";
import type { Sql } from "@onrecord/postgres/database";
import type { ObjectKind } from "./events/catalogue.js";
import type { SittingAction } from "./events/sitting.js";
import type { ProvenanceFacts, Provenances } from "./provenance.js";

/** How long a sitting that was just written is only counted here, in milliseconds: far below the gap that ends one. */
const QUIET = 30_000;
/** Sittings remembered at most; one that is forgotten is written again. */
const REMEMBERED = 100_000;

/** Who reads, in which session and request, and from where. */
export interface Reader {
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  readonly from: ProvenanceFacts | null;
}

/** Something that is read. */
export interface ReadObject {
  readonly kind: ObjectKind;
  readonly id: string;
}

/** One person's acts of one kind on one thing that are to be written. */
interface Acts {
  readonly key: string;
  readonly action: SittingAction;
  readonly by: Reader;
  readonly object: ReadObject;
  times: number;
  /** When the last of them was, in milliseconds of `performance.now()`. */
  last: number;
}

/** So many reads of one kind, of one thing by one person. */
export interface UncountedReads {
  readonly action: SittingAction;
  readonly actorId: string | null;
  readonly objectId: string;
  readonly times: number;
}

/** A sitting that goes on, as this process wrote it, with the acts since. */
interface Known extends Acts {
  writtenAt: number;
}

/**
 * Records reads that are folded: one person's acts of one kind on one thing with gaps of at most five minutes are one sitting, on whichever
 * nodes (`audit.sit`, which alone knows the gap). The entry of a sitting is committed before its first act is answered. The acts that follow
 * are counted in memory and written every half minute: a page that asks every second writes no more than that, and a process that is killed
 * loses the count of half a minute, never a sitting.
 */
export class Sittings {
  readonly #known = new Map<string, Known>();
  readonly #queue = new BatchQueue<readonly Acts[], readonly Acts[]>(async (items) => {
    await this.#write(items.flat());
    return items;
  });
  #flushing: NodeJS.Timeout | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly bus: Bus,
    private readonly provenances: Provenances,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Resolves when it is on the record that somebody read these: in one statement, or in none where sittings go on. */
  async record(action: SittingAction, by: Reader, objects: readonly ReadObject[]): Promise<void> {
    const now = this.now();
    const due = objects
      .map((object): Acts => ({ key: keyOf(action, by, object), action, by, object, times: 1, last: now }))
      .filter((acts) => !this.#goesOn(acts));
    if (due.length > 0) await this.#queue.add(due);
  }

  #goesOn({ key, last }: Acts): boolean {
    const known = this.#known.get(key);
    if (!known || last - known.writtenAt > QUIET) return false;
    known.times++;
    known.last = last;
    this.#flushing ??= setTimeout(() => void this.flush(), QUIET).unref();
    return true;
  }

  /** Writes what was only counted, and forgets what did not go on. */
  async flush(): Promise<void> {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const counted = [...this.#known.values()].filter(({ times }) => times > 0);
    const old = this.now() - QUIET;
    for (const { key, times, writtenAt } of this.#known.values())
      if (times === 0 && writtenAt < old) this.#known.delete(key);
    if (counted.length === 0) return;
    // Nobody waits for these: what cannot be written now stays counted, and is tried again with the next act.
    await this.#queue.add(counted.map((known) => ({ ...known, times: 0 }))).catch(() => undefined);
  }

  /** What was only counted is not written any more: it is what this returns. */
  giveUp(): UncountedReads[] {
    clearTimeout(this.#flushing);
    const counted = [...this.#known.values()].filter(({ times }) => times > 0);
    this.#known.clear();
    return counted.map(({ action, by, object, times }) => ({
      action,
      actorId: by.actorId,
      objectId: object.id,
      times,
    }));
  }

  async #write(given: readonly Acts[]): Promise<void> {
    const merged = new Map<string, Acts>();
    for (const acts of given) {
      const before = merged.get(acts.key);
      if (before) {
        before.times += acts.times;
        before.last = Math.max(before.last, acts.last);
      } else merged.set(acts.key, { ...acts });
    }
    const counted = new Map([...merged.keys()].map((key) => [key, this.#known.get(key)?.times ?? 0]));
    const all = [...merged.values()].map((acts) => ({ ...acts, times: acts.times + counted.get(acts.key)! }));
    const written = all.filter(({ times }) => times > 0);
    await this.#sit(written);
    for (const acts of written) this.#remember(acts, counted.get(acts.key)!);
  }

  #remember(acts: Acts, written: number): void {
    const known = this.#known.get(acts.key);
    // What came while it was being written is still to be.
    const left = (known?.times ?? 0) - written;
    this.#known.delete(acts.key);
    this.#known.set(acts.key, {
      ...acts,
      times: left,
      last: known?.last ?? acts.last,
      writtenAt: this.now(),
    });
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }

  async #sit(all: readonly Acts[]): Promise<void> {
    if (all.length === 0) return;
    const now = this.now();
    const columns: unknown[][] = Array.from({ length: 11 }, () => []);
    for (const { action, by, object, times, last } of all) {
      const origin = by.from === null ? null : await this.provenances.of(by.from);
      const row = [
        newId(),
        action,
        by.actorId,
        by.sessionId,
        by.requestId,
        object.kind,
        object.id,
        origin?.id ?? null,
        origin?.commitment ?? null,
        times,
        Math.max(now - last, 0),
      ];
      for (const [index, value] of row.entries()) columns[index]!.push(value);
    }
    const begun = await this.sql.query<{ action: string }>(
      "select action from audit.sit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) action",
      columns,
    );
    if (begun.length > 0)
      this.bus.publish("entries.appended", { actions: begun.map(({ action }) => action) });
  }
}

function keyOf(action: SittingAction, { actorId }: Reader, { id }: ReadObject): string {
  if (actorId === null) throw new TypeError(`${action} is somebody's, and nobody was proven`);
  return `${action} ${actorId} ${id}`;
}

/** Ends the sittings that are over, with their entries. Resolves with how many there were. */
export async function endSittings(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ ended: number }>("select audit.end_sittings() as ended");
  return row?.ended ?? 0;
}

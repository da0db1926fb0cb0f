import { networkOf } from "@onrecord/core/network";
import type { AuditEvents } from "./events/catalogue.js";
import type { NewEntry } from "./new-entry.js";
import type { ProvenanceFacts } from "./provenance.js";

/** The events that may stand for several refusals: their detail has a `count`. */
export type FoldedAction =
  | "session.refused"
  | "access.denied"
  | "download.refused"
  | "password.link-refused"
  | "setup.refused";

/** A refusal before it is known whether it is an entry of its own. */
export type Refusal = NewEntry<FoldedAction>;

/** How refusals are folded. */
export interface FoldBounds {
  /** How long refusals of one kind gather behind their first, in milliseconds. */
  readonly windowMs: number;
  /** Kinds and addresses told apart at a time; past it they are one, "others". */
  readonly capacity: number;
  /** Claimed names of one address told apart at a time; past it they are one. */
  readonly namesPerAddress: number;
}

const defaults: FoldBounds = { windowMs: 60_000, capacity: 1000, namesPerAddress: 32 };

/** Behind the first, so many are written at once and not at the end of the window: with it they are the five that make a burst. */
const TELLING = 4;

/** Refusals that wait for the end of their window; of what they do not share, nothing is told. */
interface Fold {
  readonly key: string;
  /** Where the names of one address are counted. */
  readonly network: string;
  readonly ends: number;
  /** What the next entry will say; undefined: nothing came behind the first. */
  waiting: { entry: Refusal; count: number } | undefined;
  told: boolean;
}

/**
 * Puts the refusals of strangers on the record without letting them write it full: the first of a kind from an address at once, and
 * those behind it within a window as one entry that has their count. Who makes up addresses gets one entry for all of them.
 */
export class Refusals {
  /** In the order in which their windows end. */
  readonly #folds = new Map<string, Fold>();
  readonly #names = new Map<string, number>();
  readonly #bounds: FoldBounds;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly record: (entry: NewEntry) => Promise<unknown>,
    private readonly failed: (error: unknown) => void = () => undefined,
    bounds: Partial<FoldBounds> = {},
    private readonly now: () => number = Date.now,
  ) {
    this.#bounds = { ...defaults, ...bounds };
  }

  /** Resolves when the refusal is on the record, or counted among those that will be at the end of their window. */
  async add(entry: Refusal): Promise<void> {
    await this.end(this.now());
    const network = networkOf(entry.by.from?.ip ?? null);
    for (const key of keysOf(entry, network)) {
      const fold = this.#folds.get(key.text);
      if (fold) return this.#count(fold, entry);
      if (!this.#hasRoom(key, network)) continue;
      this.#open(key, network);
      await this.record(entry);
      return;
    }
  }

  /** Writes what waits in windows that end by `until`; without it, in all. */
  async end(until = Number.POSITIVE_INFINITY): Promise<void> {
    const ended: Fold[] = [];
    for (const fold of this.#folds.values()) {
      if (fold.ends > until) break;
      ended.push(fold);
    }
    for (const fold of ended) this.#forget(fold);
    this.#watch();
    await Promise.all(ended.map((fold) => this.#write(fold)));
  }

  /** What waits is not written any more: it is what this returns, each with its count. */
  giveUp(): Refusal[] {
    clearTimeout(this.#timer);
    const folds = [...this.#folds.values()];
    this.#folds.clear();
    this.#names.clear();
    return folds.flatMap(({ waiting }) => (waiting === undefined ? [] : [counted(waiting)]));
  }

  get size(): number {
    return this.#folds.size;
  }

  async #count(fold: Fold, entry: Refusal): Promise<void> {
    const { waiting } = fold;
    fold.waiting = waiting
      ? { entry: shared(waiting.entry, entry), count: waiting.count + 1 }
      : { entry, count: 1 };
    if (fold.told || fold.waiting.count < TELLING) return;
    fold.told = true;
    await this.#write(fold);
  }

  /** What cannot be written now is not lost: it waits for another window. */
  async #write(fold: Fold): Promise<void> {
    const { waiting } = fold;
    if (waiting === undefined) return;
    fold.waiting = undefined;
    try {
      await this.record(counted(waiting));
    } catch (error) {
      this.failed(error);
      this.#again(fold, waiting);
    }
  }

  #again(fold: Fold, { entry, count }: NonNullable<Fold["waiting"]>): void {
    const open = this.#folds.get(fold.key);
    const again = open ?? { ...fold, ends: this.now() + this.#bounds.windowMs };
    again.waiting = again.waiting
      ? { entry: shared(again.waiting.entry, entry), count: again.waiting.count + count }
      : { entry, count };
    if (open) return;
    this.#keep(again);
  }

  #hasRoom({ level }: Key, network: string): boolean {
    if (level === "others") return true;
    if (this.#folds.size >= this.#bounds.capacity) return false;
    return level === "address" || (this.#names.get(network) ?? 0) < this.#bounds.namesPerAddress;
  }

  #open(key: Key, network: string): void {
    this.#keep({
      key: key.text,
      network: key.level === "name" ? network : "",
      ends: this.now() + this.#bounds.windowMs,
      waiting: undefined,
      told: false,
    });
  }

  #keep(fold: Fold): void {
    this.#folds.set(fold.key, fold);
    if (fold.network !== "") this.#names.set(fold.network, (this.#names.get(fold.network) ?? 0) + 1);
    this.#watch();
  }

  #forget({ key, network }: Fold): void {
    this.#folds.delete(key);
    const names = (this.#names.get(network) ?? 0) - 1;
    if (names > 0) this.#names.set(network, names);
    else this.#names.delete(network);
  }

  /** Wakes when the first window ends. */
  #watch(): void {
    const [first] = this.#folds.values();
    if (first === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.end(this.now());
      },
      Math.max(1, first.ends - this.now()),
    ).unref();
  }
}

function counted({ entry, count }: NonNullable<Fold["waiting"]>): Refusal {
  return { ...entry, detail: { ...entry.detail, count } as AuditEvents[FoldedAction] };
}

interface Key {
  readonly level: "name" | "address" | "others";
  readonly text: string;
}

/** Under what a refusal may be counted, the most telling first. */
function keysOf({ action, detail, by }: Refusal, network: string): Key[] {
  const kind = [action, detail];
  const claimed = by.from?.claimed;
  const key = (level: Key["level"], ...parts: unknown[]): Key => ({
    level,
    text: JSON.stringify([...kind, ...parts]),
  });
  return [
    ...(claimed === undefined ? [] : [key("name", network, claimed)]),
    key("address", network),
    key("others"),
  ];
}

/** What two refusals of a kind have in common. */
function shared(a: Refusal, b: Refusal): Refusal {
  const sameObject = a.object?.kind === b.object?.kind && a.object?.id === b.object?.id;
  return {
    ...a,
    object: sameObject ? a.object : null,
    by: { ...a.by, from: sharedFacts(a.by.from, b.by.from) },
  };
}

function sharedFacts(a: ProvenanceFacts | null, b: ProvenanceFacts | null): ProvenanceFacts | null {
  if (a === null || b === null) return null;
  const claimed = a.claimed === b.claimed ? a.claimed : undefined;
  return {
    ip: sharedAddress(a.ip, b.ip),
    userAgent: a.userAgent === b.userAgent ? a.userAgent : null,
    ...(claimed === undefined ? {} : { claimed }),
  };
}

/** The address, or else the network of both; null: they are of several. A network is what was shared before. */
function sharedAddress(a: string | null, b: string | null): string | null {
  if (a === b) return a;
  const network = networkOf(b);
  return a === network || networkOf(a) === network ? network : null;
}

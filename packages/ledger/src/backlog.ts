import type { AuditAction } from "./events/catalogue.js";
import type { NewEntry } from "./new-entry.js";

/** An entry that nobody waits for and nobody can take back: what it tells has happened. */
export interface Owed {
  readonly id: string;
  readonly entry: NewEntry;
  /** When it happened, in milliseconds since the epoch. */
  readonly since: number;
}

/** What a backlog works with. */
export interface BacklogHost {
  /** Commits these, which may be on the record already. */
  record(owed: readonly Owed[]): Promise<void>;
  /** Whether what failed may work in a moment. */
  isPassing(error: unknown): boolean;
  /** It will not be on the record: told, so that somebody can put it where it belongs. */
  lost(owed: Owed): void;
}

/** Entries of one attempt. */
const TOGETHER = 500;
/** Entries that are owed at most. */
const MOST = 10_000;
/** Between two attempts, in milliseconds: at first, and at most. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/** Entries that could not be recorded when they should: tried again until they are, in order, or told when the process ends. */
export class Backlog {
  #owed: Owed[] = [];
  #timer: NodeJS.Timeout | undefined;
  #wait = FIRST_WAIT;
  #trying: Promise<void> | undefined;

  constructor(private readonly host: BacklogHost) {}

  get size(): number {
    return this.#owed.length;
  }

  add(owed: Owed): void {
    this.#owed.push(owed);
    if (this.#owed.length > MOST) this.host.lost(this.#owed.shift()!);
    this.#plan();
  }

  /** One attempt, now; never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined;
      this.#plan();
    });
    return this.#trying;
  }

  /** Tells of all that is left. */
  giveUp(): void {
    clearTimeout(this.#timer);
    for (const owed of this.#owed.splice(0)) this.host.lost(owed);
  }

  #plan(): void {
    if (this.#owed.length === 0) return;
    this.#timer ??= setTimeout(() => void this.flush(), this.#wait).unref();
  }

  async #try(): Promise<void> {
    while (this.#owed.length > 0) {
      const some = this.#owed.slice(0, TOGETHER);
      try {
        await this.host.record(some);
        this.#drop(some);
        this.#wait = FIRST_WAIT;
      } catch (error) {
        if (this.host.isPassing(error)) {
          this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
          return;
        }
        for (const owed of some) await this.#alone(owed);
      }
    }
  }

  /** One that can never be recorded must not keep the others from it. */
  async #alone(owed: Owed): Promise<void> {
    try {
      await this.host.record([owed]);
    } catch (error) {
      if (this.host.isPassing(error)) return;
      this.host.lost(owed);
    }
    this.#drop([owed]);
  }

  #drop(done: readonly Owed[]): void {
    const gone = new Set(done);
    this.#owed = this.#owed.filter((owed) => !gone.has(owed));
  }
}

/** What is said of an entry that will not be on the record: ids, numbers and codes, as it would have had. */
export function described({ id, entry, since }: Owed): Readonly<Record<string, unknown>> {
  const { action, by, object, detail } = entry as NewEntry<AuditAction>;
  const { actorKind, actorId, sessionId, requestId } = by;
  return {
    id,
    action,
    at: new Date(since).toISOString(),
    actorKind,
    actorId,
    sessionId,
    requestId,
    objectKind: object?.kind ?? null,
    objectId: object?.id ?? null,
    detail,
  };
}

import type { Bus } from "@onrecord/bus/bus";
import type { Logger } from "@onrecord/core/log";
import type { Sql } from "@onrecord/postgres/database";
import { DatabaseClock } from "./database-clock.js";
import { type Look, lookAt } from "./stand.js";

/** How often a node looks whatever the bus says: a lost hint delays a closing by this much at most, and never lets a commit through. */
const LOOK_EVERY_MS = 1000;

/** Whom a watch works for. */
export interface WatchHost {
  readonly log: Logger;
  /** Nothing is open, so no hint has to be followed. */
  isIdle(): boolean;
  /** Names the state of the rows that this node stores; below 0 while they change. */
  epoch(): number;
  /** What was seen, and the epoch when the look began. */
  looked(look: Look, epoch: number): void;
}

/**
 * Looks at this node's rights when a hint says that rights were changed, and once a second besides: one statement for all that is open.
 * It also sees whether anything at all was committed, so that whoever else would look for a lost hint need not do so on a quiet server.
 */
export class RevisionWatch {
  readonly clock = new DatabaseClock();
  /** When the last look that succeeded began. */
  lookedAt = performance.now();
  /** Looks that failed, since start. */
  failed = 0;
  /** Every change up to this permission revision has been looked at. */
  #revision = 0;
  #looking: Promise<void> | undefined;
  #again = false;
  #snapshot = "";
  readonly #onCommits = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  readonly #unsubscribe: (() => void)[] = [];

  constructor(
    private readonly sql: Sql,
    private readonly bus: Bus,
    private readonly nodeId: string,
    private readonly host: WatchHost,
  ) {}

  async start(): Promise<void> {
    await this.#look();
    const hinted = () => void (this.host.isIdle() || this.#tryToLook());
    this.#unsubscribe.push(this.bus.subscribe("permissions.changed", hinted), this.bus.onGap(hinted));
    this.#timer = setInterval(() => void this.#tryToLook(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }

  /** Called after a look, once a second or more often, when anything was committed since the look before. Returns what ends it. */
  onCommits(handler: () => void): () => void {
    this.#onCommits.add(handler);
    return () => void this.#onCommits.delete(handler);
  }

  async upTo(revision: number): Promise<void> {
    if (revision <= this.#revision) return;
    await this.#tryToLook();
    // Another look was under way that had begun before.
    if (revision > this.#revision) await this.#look();
  }

  /** One look at a time; what is asked for during one is another after it. */
  #tryToLook(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#lookOn()
      .catch((err: unknown) => {
        this.failed++;
        this.host.log.warn({ err }, "rights could not be looked at");
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #lookOn(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const asked = performance.now();
    const epoch = this.host.epoch();
    const look = await lookAt(this.sql, this.nodeId);
    this.clock.set(look.now, asked);
    this.lookedAt = asked;
    this.host.looked(look, epoch);
    this.#revision = Math.max(this.#revision, look.revision);
    if (look.snapshot === this.#snapshot) return;
    this.#snapshot = look.snapshot;
    for (const handler of this.#onCommits) handler();
  }
}

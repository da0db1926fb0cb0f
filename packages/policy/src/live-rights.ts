import { setTimeout as delay } from "node:timers/promises";
import type { Bus } from "@onrecord/bus/bus";
import { newId } from "@onrecord/core/ids";
import type { Logger } from "@onrecord/core/log";
import { onAccountOf, SYSTEM } from "@onrecord/core/owner";
import type { Database, Sql } from "@onrecord/postgres/database";
import type { DatabaseClock } from "./database-clock.js";
import { inForce } from "./in-force.js";
import { type Holder, LiveRight } from "./live-right.js";
import { RevisionWatch } from "./revision-watch.js";
import { RightRows } from "./right-rows.js";
import type { Look } from "./stand.js";

/**
 * Rights decided in one statement: whoever is among the first is told without waiting for the last. Between two, a node does something else
 * for as long as one took: when a thousand editors lose their right at once, the others go on.
 */
const TOGETHER = 48;
/** It may have waited long for a change of rights to end. */
const LONGEST_PAUSE_MS = 50;
/** How soon what failed is tried again. */
const RETRY_MS = 1000;

/**
 * The rights of everything that this process keeps open: sockets, subscriptions, sessions. Each is a row of `permissions.live_right`,
 * which whoever changes a right makes void; only then is it asked for again, and its holder told. One statement is under way at a time:
 * what waits for a change of rights to end holds one connection and no more.
 */
export class LiveRights implements AsyncDisposable {
  readonly #watch: RevisionWatch;
  readonly #rows: RightRows;
  /** By the id of their row, that which is stored and that which is being stored. */
  readonly #held = new Map<string, LiveRight>();
  readonly #stale = new Set<LiveRight>();
  #renewing: Promise<void> | undefined;
  #ending: NodeJS.Timeout | undefined;
  #closed = false;
  #renewed = 0;
  #renewalsFailed = 0;

  constructor(
    private readonly db: Database,
    bus: Bus,
    nodeId: string,
    private readonly log: Logger,
  ) {
    this.#rows = new RightRows(db, nodeId, log);
    this.#watch = new RevisionWatch(besides(db), bus, nodeId, {
      log,
      isIdle: () => this.#held.size === 0 && this.#rows.going === 0,
      looked: (look, since) => this.#looked(look, since),
      epoch: () => this.#rows.epoch,
    });
  }

  /** Since start. */
  get counts() {
    return { looksFailed: this.#watch.failed, renewed: this.#renewed, renewalsFailed: this.#renewalsFailed };
  }

  /** How long ago this node last saw the state of its rights, in milliseconds. */
  get lookAge(): number {
    return performance.now() - this.#watch.lookedAt;
  }

  /** Rights that are open. */
  get size(): number {
    return this.#held.size;
  }

  /** Those that wait to be decided anew. */
  get doubtful(): number {
    return this.#stale.size;
  }

  /** The time as the database has it. */
  get clock(): DatabaseClock {
    return this.#watch.clock;
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  /** Called, once a second or more often, when anything was committed since it was last looked: what a lost hint told is there by then. */
  onCommits(handler: () => void): () => void {
    return this.#watch.onCommits(handler);
  }

  /** A right of a session, decided on what is committed now; its `standing` is null when the session has ended, and it is released then. */
  async open(sessionId: string, resourceId: string | null, holder: Holder): Promise<LiveRight> {
    const right = new LiveRight(sessionId, resourceId, holder, this);
    await this.renew([right]);
    return right;
  }

  /** Whether a right may have ended, by a change or by time: to be renewed before anything rests on it. */
  isDoubtful(right: LiveRight): boolean {
    return right.isVoid || right.until <= this.clock.now();
  }

  /** Decides on these anew, whatever is known of them; resolves when that is done. */
  async renew(rights: Iterable<LiveRight>): Promise<void> {
    const decided = [...rights].map((right) => this.#doubt(right));
    this.#renewAll();
    await Promise.all(decided);
  }

  /** Resolves when every change up to a permission revision has been looked at. */
  upTo(revision: number): Promise<void> {
    return this.#watch.upTo(revision);
  }

  /**
   * Resolves when a committed change of rights is in force everywhere (`inForce`): with it, whoever made the change is answered. A node that
   * hangs or has died is waited for no longer than two seconds.
   */
  async inForce(revision: number | null): Promise<void> {
    if (await inForce(this.db, revision)) return;
    this.log.warn({ revision }, "a node did not say in time that it has acted on a change of rights");
  }

  release(right: LiveRight): void {
    right.released();
    this.#stale.delete(right);
    this.#forget(right.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#watch.stop();
    clearTimeout(this.#ending);
    await this.#renewing;
    for (const right of this.#held.values()) right.released();
    await this.#rows.clear();
  }

  async #doubt(right: LiveRight): Promise<void> {
    if (right.isReleased) return;
    this.#stale.add(right);
    await right.doubt();
  }

  #renewAll(): void {
    if (this.#stale.size === 0 || this.#closed) return;
    this.#renewing ??= onAccountOf(SYSTEM, () => this.#work()).finally(() => {
      this.#renewing = undefined;
      // Doubted after the last was decided, and before this was known.
      this.#renewAll();
    });
  }

  async #work(): Promise<void> {
    // What is asked for in one turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#stale.size > 0 && !this.#closed) {
      const some = [...this.#stale].slice(0, TOGETHER);
      const began = performance.now();
      try {
        await this.#standAll(some);
        this.#renewed += some.length;
        if (this.#stale.size > 0) await delay(Math.min(performance.now() - began, LONGEST_PAUSE_MS));
      } catch (err) {
        this.#renewalsFailed++;
        this.log.warn({ err }, "rights could not be read");
        for (const right of some) void this.#doubt(right);
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  async #standAll(rights: readonly LiveRight[]): Promise<void> {
    const before = rights.map(({ id }) => id);
    for (const right of rights) {
      this.#stale.delete(right);
      right.id = newId();
      // Known before it is stored: a look may find it void before the answer is here.
      this.#held.set(right.id, right);
    }
    const asked = rights.map(({ id, sessionId, resourceId }) => ({ id, sessionId, resourceId }));
    try {
      const standings = await this.#rows.stand(asked);
      for (const right of rights) {
        const standing = standings.get(right.id) ?? null;
        if (standing === null) this.#held.delete(right.id);
        else if (right.isReleased) this.#forget(right.id);
        if (!right.isReleased) right.renewed(standing, this.#stale.has(right));
        if (right.isReleased) this.#stale.delete(right);
      }
    } catch (error) {
      for (const [index, right] of rights.entries()) {
        // Whether it was stored is not known.
        this.#forget(right.id);
        right.id = before[index]!;
      }
      throw error;
    }
    // Last: whoever waits for a change to be in force waits for these rows.
    for (const id of before) if (id !== "") this.#forget(id);
    this.#watchEnds();
  }

  #looked(look: Look, epoch: number): void {
    for (const id of look.void) {
      const right = this.#held.get(id);
      if (right === undefined) this.#forget(id);
      // Under another id it is being decided anew already.
      else if (right.id === id) void this.#doubt(right);
    }
    this.#doubtEnded();
    const isComparable = epoch >= 0 && epoch === this.#rows.epoch;
    if (isComparable && look.stored < this.#held.size + this.#rows.going) void this.#findLost();
    this.#renewAll();
    this.#rows.sweep();
  }

  /** Rows are missing: the database has crashed, or somebody took them away. They are void. */
  async #findLost(): Promise<void> {
    const before = new Set(this.#held.keys());
    const stored = await this.#rows.stored().catch(() => before);
    for (const [id, right] of this.#held) if (before.has(id) && !stored.has(id)) void this.#doubt(right);
    this.#renewAll();
  }

  #doubtEnded(): void {
    const now = this.clock.now();
    for (const right of this.#held.values()) if (right.until <= now) void this.#doubt(right);
  }

  /** Wakes when the next right ends by time. */
  #watchEnds(): void {
    clearTimeout(this.#ending);
    let first = Number.POSITIVE_INFINITY;
    for (const { until, isVoid } of this.#held.values()) if (!isVoid && until < first) first = until;
    const wait = Math.max(first - this.clock.now(), 0) + 1;
    // The look of every second finds the others.
    if (wait > 2000) return;
    this.#ending = setTimeout(() => {
      this.#doubtEnded();
      this.#renewAll();
    }, wait).unref();
  }

  #forget(id: string): void {
    this.#held.delete(id);
    if (id !== "") this.#rows.letGo(id);
  }
}

/** On the connection that nothing holds, and in nobody's line: a node looks also while everything else waits. Named, and so planned once. */
function besides(db: Database): Sql {
  return {
    query: <Row extends object>(text: string, values: readonly unknown[] = []) =>
      onAccountOf(
        SYSTEM,
        async () => (await db.reserve.query<Row>({ name: "look", text, values: [...values] })).rows,
      ),
  };
}

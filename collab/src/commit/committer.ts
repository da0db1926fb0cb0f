import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { Logger } from "@onrecord/core/log";
import { type CommitOutcome, commitChanges } from "@onrecord/history/store/commit";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Database } from "@onrecord/postgres/database";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import type { Tracer } from "@onrecord/telemetry/trace/tracer";
import type { Registry } from "prom-client";
import type { RoomChanges } from "../room/pending.js";
import type { Room } from "../room/room.js";
import { CommitMetrics } from "./commit-metrics.js";
import { EditSpans } from "./edit-spans.js";
import { Pipeline } from "./pipeline.js";

/** What the committer needs of its node. */
export interface CommitterHost {
  readonly log: Logger;
  committed(documentId: string, version: number): void;
  evict(room: Room, why: CloseReason): void;
}

/** A group commit under way. */
interface Commit {
  readonly rooms: readonly Room[];
  readonly parts: readonly RoomChanges[];
  /** When it was sent. */
  readonly since: number;
  readonly spans: EditSpans | undefined;
  readonly outcomes: Promise<CommitOutcome[] | Failure>;
}

/** A group commit failed. `passing`: the same may work in a moment, and perhaps it was kept after all. */
class Failure {
  constructor(readonly passing: boolean) {}
}

/** What has been committed so lately tells that commits work, in milliseconds. */
const LATELY_MS = 3000;
/** Names no change. */
const nothing = { action: "document.edited", documents: [] } as const;

/** Bytes of changes in one statement: the rest waits for the next. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** Statements under way: while the database is at one, the next is on its way to it. */
const DEPTH = 2;
/** After so long in rooms, in milliseconds, what else happens on the node comes first. */
const SLICE_MS = 20;
/** A change waits this long for others at most. */
const PATIENCE_MS = 18;
/** So many changes are worth a statement: nobody waits for more. */
const ENOUGH = 16;
/** So many changes in `LOAD_MS`, a thousand in a second, fill statements by themselves. */
const BUSY = 100;
const LOAD_MS = 100;

/**
 * The group commit of a node. Each statement has a price of its own, so the changes of all rooms gather for the next one: while
 * `DEPTH` statements are under way, and for a window that starts with the first of them. The window follows what comes of it: a statement
 * with several changes opens it to `PATIENCE_MS`, one with a single change halves it. So people who type beside each other share
 * statements. A change that comes later than a window after the statement before is a lone one and waits for nothing but its own commit.
 * Two who answer each other do not wait either: nobody joins them, so there is no window. `ENOUGH` changes end it, and a node with more
 * than `BUSY` has none, so that it is never kept from work. Statements end in the order in which they were sent.
 */
export class Committer implements AsyncDisposable {
  readonly #dirty = new Set<Room>();
  /** Rooms with more than a slice could take in: they come after the others, and take half of the time at most. */
  readonly #behind = new Set<Room>();
  /** When those may go on, and what wakes them then. */
  #behindFrom = 0;
  #later: NodeJS.Timeout | undefined;
  readonly #underWay: Commit[] = [];
  #running: Promise<void> | undefined;
  /** Ends the window; undefined while nothing waits for it. */
  #planned: NodeJS.Timeout | NodeJS.Immediate | undefined;
  /** What is planned comes at once. */
  #soon = false;
  #window = 0;
  /** Changes of the last tenth of a second, fading. */
  #load = 0;
  /** When the last statement was sent. */
  #sent = Number.NEGATIVE_INFINITY;
  /** Changes that came since. */
  #gathered = 0;
  /** When a statement was answered last. */
  #answered = Number.NEGATIVE_INFINITY;
  #failing = false;
  #abandoned = false;
  readonly #metrics: CommitMetrics;
  readonly #line: Pipeline;

  constructor(
    db: Database,
    private readonly ledger: Ledger,
    private readonly host: CommitterHost,
    metrics: Registry,
    private readonly tracer: Tracer | undefined,
  ) {
    this.#line = new Pipeline(db, "onrecord commits", host.log);
    this.#metrics = new CommitMetrics(metrics, () => this.#underWay);
  }

  /** Connects, and has the statement planned: a commit of nothing. Otherwise the first who type after a start wait for both. */
  async start(): Promise<void> {
    await this.#commitNothing();
  }

  /** Resolves when commits work: one was answered just now, or one of nothing is. */
  async check(): Promise<void> {
    const lately = performance.now() - this.#answered < LATELY_MS;
    if (this.#failing || this.#underWay.length > 0 || !lately) await this.#commitNothing();
  }

  async #commitNothing(): Promise<void> {
    await commitChanges(this.#line, this.ledger, nothing);
    this.#answered = performance.now();
    this.#failing = false;
  }

  schedule(room: Room): void {
    if (room.isBehind) this.#behind.add(room);
    else this.#dirty.add(room);
    this.#gathered++;
    this.#plan();
  }

  /** Resolves when everything scheduled so far is settled. */
  async idle(): Promise<void> {
    while (this.#planned || this.#later || this.#running) {
      this.#behindFrom = 0;
      if (!this.#running) this.#fill();
      await this.#running;
    }
  }

  /** Waits no longer for what is under way: the database does not answer, and the process ends. What was not kept, its authors still have. */
  abandon(): void {
    this.#abandoned = true;
    this.#line.giveUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    await this.#line[Symbol.asyncDispose]();
  }

  /** Decides when the next statement is sent; not before there is room for it. */
  #plan(): void {
    if (this.#soon || this.#underWay.length >= DEPTH) return;
    if (this.#behind.size > 0)
      this.#later ??= setTimeout(() => this.#fill(), Math.max(1, this.#behindFrom - performance.now()));
    if (this.#dirty.size === 0) return;
    if (this.#gathered < ENOUGH) {
      if (this.#planned) return;
      if (performance.now() - this.#sent < this.#window) {
        this.#planned = setTimeout(() => this.#fill(), this.#window);
        return;
      }
    }
    this.#cancel();
    this.#soon = true;
    // The rest of this turn's messages join the batch.
    this.#planned = setImmediate(() => this.#fill());
  }

  #cancel(): void {
    if (this.#soon) clearImmediate(this.#planned as NodeJS.Immediate);
    else clearTimeout(this.#planned as NodeJS.Timeout);
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#planned = undefined;
    this.#soon = false;
  }

  /** Sends what has gathered. */
  #fill(): void {
    this.#cancel();
    if (this.#underWay.length < DEPTH) {
      const commit = this.#begin();
      if (commit) this.#underWay.push(commit);
    }
    // What there was no time for comes after what else has happened.
    this.#plan();
    if (this.#underWay.length > 0) this.#running ??= this.#run();
  }

  /** Settles what is under way, in order, until nothing is. */
  async #run(): Promise<void> {
    for (let commit = this.#underWay[0]; commit; commit = this.#underWay[0]) {
      const outcomes = await commit.outcomes;
      this.#underWay.shift();
      this.#settle(commit, outcomes);
      this.#plan();
    }
    this.#running = undefined;
  }

  #begin(): Commit | null {
    const rooms: Room[] = [];
    const parts: RoomChanges[] = [];
    let bytes = 0;
    let count = 0;
    for (const room of this.#turn()) {
      if (bytes > BATCH_BYTES) {
        this.schedule(room);
        break;
      }
      const part = this.#take(room);
      if (part === null) continue;
      rooms.push(room);
      parts.push(part);
      count += part.changes.length;
      for (const { update } of part.changes) bytes += update.length;
    }
    if (parts.length === 0) return null;
    this.#metrics.sent(count);
    this.#sentWith(count);
    const commit = { action: "document.edited", documents: parts } as const;
    const spans = this.tracer && new EditSpans(this.tracer, parts);
    const send = () => commitChanges(this.#line, this.ledger, commit);
    const outcomes = (spans ? spans.run(send) : send()).catch((err: unknown) => {
      const passing = isUnavailable(err) && !this.#abandoned;
      const documents = parts.map(({ documentId }) => documentId);
      this.host.log.error({ err, documents, passing }, "a group commit failed");
      return new Failure(passing);
    });
    return { rooms, parts, since: performance.now(), spans, outcomes };
  }

  /** The rooms whose turn it is, as long as there is time for them; a room that is scheduled meanwhile has its turn later. */
  *#turn(): Generator<Room, void> {
    const begun = performance.now();
    for (const room of [...this.#dirty]) {
      if (performance.now() - begun > SLICE_MS) return;
      this.#dirty.delete(room);
      yield room;
    }
    if (begun < this.#behindFrom) return;
    const from = performance.now();
    for (const room of [...this.#behind]) {
      if (performance.now() - begun > SLICE_MS) break;
      this.#behind.delete(room);
      yield room;
    }
    const now = performance.now();
    this.#behindFrom = now + (now - from);
  }

  /** A statement is sent with so many changes: the window learns from it. */
  #sentWith(count: number): void {
    const now = performance.now();
    this.#load = this.#load * Math.exp((this.#sent - now) / LOAD_MS) + count;
    this.#sent = now;
    if (this.#load > BUSY) this.#window = 0;
    else if (count > 1) this.#window = PATIENCE_MS;
    else this.#window = this.#window < 1 ? 0 : this.#window / 2;
    this.#gathered = 0;
  }

  /** What fails in one room must not keep the others from their commit. */
  #take(room: Room): RoomChanges | null {
    try {
      return room.take();
    } catch (err) {
      this.host.log.error({ err, documentId: room.documentId }, "a room failed");
      this.host.evict(room, closeReasons.unreadable);
      return null;
    }
  }

  #settle(commit: Commit, outcomes: readonly CommitOutcome[] | Failure): void {
    const { rooms } = commit;
    const kept = outcomes instanceof Failure ? null : outcomes;
    this.#metrics.ended(commit, kept);
    this.#failing = kept === null;
    if (kept) this.#answered = performance.now();
    for (const [index, room] of rooms.entries()) {
      if (outcomes instanceof Failure) {
        // Whether it was kept is not known: the room finds out, or its clients come back and are told from the table.
        if (!outcomes.passing || !room.findOut()) this.host.evict(room, closeReasons.notCommitted);
        continue;
      }
      const outcome = outcomes[index]!;
      room.settle(outcome);
      if (outcome.outcome === "COMMITTED") this.host.committed(room.documentId, outcome.head);
    }
    commit.spans?.ended(kept);
  }
}

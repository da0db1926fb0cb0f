import type { KeyObject } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  ackFrame,
  type CloseReason,
  closeReasons,
  sync,
  syncFrame,
} from "@onrecord/collab-protocol/protocol";
import { AppError } from "@onrecord/core/errors";
import type { ClientBinding, CommitOutcome } from "@onrecord/history/store/commit";
import type { StoredDocument } from "@onrecord/history/store/load";
import * as Y from "yjs";
import { Authors } from "../authorship/authors.js";
import type { Step } from "../authorship/authorship.js";
import { type Connection, framed } from "../connection/connection.js";
import { Presence } from "../presence/presence.js";
import type { HeldState } from "../replay/state-check.js";
import { bringsStructs, inspect } from "../updates/inspect.js";
import type { Arrival } from "../updates/intake.js";
import { merged } from "../updates/merged.js";
import { endingUnlessApplied } from "../updates/traced.js";
import { Checkpoints } from "./checkpoints.js";
import { Content, updateFrame } from "./content.js";
import { Inbox } from "./inbox.js";
import { type Message, OutboundBarrier } from "./outbound-barrier.js";
import { type Outgoing, outgoing, type Pending, PendingChanges, type RoomChanges } from "./pending.js";
import { lostRight, Rebuild } from "./rebuild.js";
import type { RoomHost } from "./room-host.js";

/** A document that rests again and again is held against the record so often at most, in milliseconds. */
const CHECK_EVERY_MS = 60_000;
/** So often in a row it is looked up whether a batch was kept, before the room is given up. */
const LOOK_UPS = 2;

/**
 * One document held open by this node.
 *
 * The invariant: nothing leaves the room before it is committed. the document runs ahead of the committed head by what is pending;
 * every change has a sequence number, and whatever is made from the document, an answer to a joiner or an acknowledgement, is held back
 * until the last number it contains is durable.
 */
export class Room {
  readonly connections = new Set<Connection>();
  readonly presence: Presence;
  readonly authors: Authors;
  version: number;
  /** The entry of that version. */
  #tip: string | null;
  readonly content: Content;
  #key: KeyObject;
  /** When the head was committed. */
  #committedAt: Date;
  readonly #checkpoints: Checkpoints;
  /** The newest version that was read from the record or is being held against it, and when that began. */
  #checked: number;
  #checkedAt = Number.NEGATIVE_INFINITY;
  /** Sent, and not yet in the document. */
  readonly #inbox: Inbox;
  readonly #pending = new PendingChanges();
  readonly #outbound = new OutboundBarrier();
  /** Set while the document is rebuilt from the database; what arrives meanwhile waits for it. */
  #rebuilding: Promise<void> | undefined;
  readonly #rebuild: Rebuild;
  #onSettled: (() => void) | undefined;
  /** Commits in a row that were not answered. */
  #unanswered = 0;
  /** The newest head that this node has heard of. */
  #hinted = 0;
  #evicted = false;

  constructor(
    readonly documentId: string,
    stored: StoredDocument,
    bindings: Iterable<ClientBinding>,
    private readonly host: RoomHost<Room>,
  ) {
    this.content = new Content(stored);
    this.#key = stored.key;
    this.version = stored.version;
    this.#checked = stored.version;
    this.#tip = stored.tip;
    this.#committedAt = stored.committedAt ?? new Date();
    const bytes = stored.later.reduce((sum, { length }) => sum + length, stored.encoded.state.length);
    this.#checkpoints = new Checkpoints(stored.version - stored.replayed, bytes);
    this.authors = new Authors(bindings, this.connections);
    this.#inbox = new Inbox({
      content: this.content,
      authors: this.authors,
      checkpoints: this.#checkpoints,
      limits: host.limits,
      sliceMs: host.sliceMs,
      isShut: () => this.#rebuilding !== undefined || this.#evicted,
      lost: (connection, changes) => {
        // A stock client answers whatever it is asked; only something new is an attempt to write.
        const attempts = changes.filter((update) => this.#isNew(update));
        if (attempts.length > 0) host.refused(this, connection, lostRight(connection), attempts);
      },
      taken: (run) => this.#pending.add(run),
      startClean: () => this.#startClean(),
    });
    this.#rebuild = new Rebuild({
      content: this.content,
      pending: this.#pending,
      authors: this.authors,
      lane: host.lane,
      readGap: (version, key) => host.readGap(documentId, key, version),
      reload: (version) => host.reload(documentId, version),
      bindings: (clientIds) => host.bindings(documentId, clientIds),
      ask: (connection) => this.ask(connection),
      refused: (connection, why, changes) => {
        const others = connection.mayEdit ? [] : this.#inbox.withdraw(connection);
        host.refused(this, connection, why, [...changes, ...others]);
      },
    });
    this.presence = new Presence(
      host.limits,
      (owner, clientId) => this.authors.maySpeak(owner, clientId),
      () => host.presenceChanged(this),
      () => host.now(),
    );
  }

  /** Waits for a rebuild under way; messages of a connection are handled one after the other, so none overtakes another. */
  ready(): Promise<void> | undefined {
    return this.#rebuilding;
  }

  /**
   * Takes a change of a connection that may edit. It is looked at together with all that arrive until a commit can take it; `tell` is
   * called with what became of it. `bytes` is the size of the message that it is a part of, if it is one.
   */
  receive(
    connection: Connection,
    update: Uint8Array,
    step: Step,
    tell: Arrival["tell"],
    bytes = update.length,
  ): void {
    if (this.#evicted) return tell({ outcome: "dropped" });
    if (this.#inbox.isEmpty && this.content.repeats(update)) {
      if (step === "step2") this.authors.hasAnswered(connection);
      return tell({ outcome: "nothing-new" });
    }
    const span = this.host.trace?.(this.documentId, connection);
    const told = span ? endingUnlessApplied(span, tell) : tell;
    this.#inbox.add({ connection, update, step, bytes, tell: told, span });
    connection.ahead();
    this.#wake();
    this.host.schedule(this);
  }

  /** Whether an update has anything that the document does not. For those who may not edit. */
  wouldChange(update: Uint8Array): boolean {
    this.#inbox.takeIn();
    if (this.content.repeats(update)) return false;
    const { doc } = this.content;
    return bringsStructs(doc, inspect(update)) || !Y.snapshotContainsUpdate(Y.snapshot(doc), update);
  }

  #isNew(update: Uint8Array): boolean {
    try {
      return this.wouldChange(update);
    } catch {
      return true;
    }
  }

  /** Answers a SyncStep1: what the client lacks, told once all of it is durable. After it, the connection gets every batch. */
  join(connection: Connection, stateVector: Uint8Array): void {
    this.#inbox.takeIn();
    const known = stateVector.length === 0 ? new Map<number, number>() : Y.decodeStateVector(stateVector);
    const hasNothing = known.size === 0 || this.content.lacksMuch(known, this.#checkpoints.bytes);
    if (!hasNothing && this.content.needsDoc(stateVector)) this.#wake();
    const prepare = () => {
      const { applied } = this.#pending;
      if (hasNothing) return this.content.whole(applied);
      const frame = framed(syncFrame(sync.step2, this.content.missing(stateVector)));
      return { seq: applied, frames: () => [frame] };
    };
    this.#hold(connection, prepare, () => {
      connection.synced = true;
    });
  }

  /** Asks a client for what the server lacks, after so many milliseconds. Until it answers, nothing of it is called durable. */
  async ask(connection: Connection, afterMs = 0): Promise<void> {
    connection.unanswered++;
    if (afterMs > 0) await delay(afterMs, undefined, { ref: false });
    if (this.#rebuilding) await this.#rebuilding;
    connection.send(syncFrame(sync.step1, this.authors.askFor(this.content.stateVector(), connection)));
  }

  /** Tells a connection that asked when what it has sent so far is durable: its first `received` document messages. */
  acknowledge(connection: Connection, received: number): void {
    this.#hold(connection, () => {
      const stateVector = this.content.stateVector();
      const frames = () => [
        framed(ackFrame(received, this.version, this.#committedAt.toISOString(), stateVector)),
      ];
      return { seq: this.#pending.applied, frames };
    });
  }

  /** Sends a message once everything that it tells of is durable: at once, or after the commit that makes it so. */
  #hold(connection: Connection, prepare: () => Message, sent?: () => void): void {
    this.#outbound.hold(connection, prepare, this.#rebuilding !== undefined, sent);
    if (!this.#rebuilding) this.#outbound.release(this.#pending.durable);
  }

  /** Whether it has more to take in than a slice of the thread was enough for, because of the places that it goes to. */
  get isBehind(): boolean {
    return this.#inbox.isBehind;
  }

  /** Resolves when `wouldChange` can be asked, which is when everything that has arrived is taken in; undefined when it can. */
  takenIn(update: Uint8Array): Promise<void> | undefined {
    const emptied = this.#inbox.emptied();
    if (emptied) return emptied;
    if (!this.content.isDeepAsleep || this.content.repeats(update)) return undefined;
    this.#wake();
    return this.#rebuilding;
  }

  get idle(): boolean {
    return this.#inbox.isEmpty && this.#pending.isEmpty && !this.#rebuilding;
  }

  /** Hands over what waits as the next part of a group commit, on top of what is under way; null when there is nothing to hand over. */
  take(): RoomChanges | null {
    this.#inbox.takeIn();
    if (this.#rebuilding || this.#evicted) return null;
    if (this.#pending.waiting.some(({ connection }) => !connection.mayEdit)) {
      // Its sender lost the right after it was applied here.
      this.#startClean();
      return null;
    }
    const doubtful = this.#pending.waiting.filter(({ connection }) => this.host.isDoubtful(connection));
    if (doubtful.length > 0) {
      // Perhaps it was only changed; nothing is committed, and nobody is sent away, before the database has decided.
      this.host.decideAgain(this, new Set(doubtful.map(({ connection }) => connection)));
      return null;
    }
    const from = this.version + this.#pending.versionsUnderWay;
    const tip = this.#pending.tipUnderWay ?? this.#tip;
    const batch = this.#pending.begin();
    if (batch === null) {
      if (!this.#inbox.isEmpty) this.host.schedule(this);
      return null;
    }
    this.#checkpoints.handedOver(from + batch.length, () => this.content.encode());
    return {
      documentId: this.documentId,
      from,
      tip,
      key: this.#key,
      bindings: batch.flatMap(({ bindings }) => bindings),
      changes: batch,
    };
  }

  /** Takes the outcome of the oldest batch under way: sends what is durable now, or starts over from the database. */
  settle({ outcome, head, at }: CommitOutcome): void {
    if (this.#evicted) return;
    const batch = this.#pending.end();
    switch (outcome) {
      case "COMMITTED":
        this.#unanswered = 0;
        this.version = head;
        this.#tip = batch.at(-1)!.entryId;
        this.authors.bindings.settle(batch.reduce((sum, { bindings }) => sum + bindings.length, 0));
        this.#committedAt = at;
        this.#release(batch.at(-1)!.seq);
        for (const message of outgoing(batch)) this.#send(message);
        for (const { connection } of batch) connection.settled();
        this.#keepCheckpoint();
        break;
      case "CONFLICT":
        // Another node was first, or a batch before this one was not kept: what is still new is committed on top of what is there.
        this.#putBack(batch);
        this.#catchUp();
        break;
      case "VOID":
        // A right was changed: once they are decided anew, what is still allowed is tried again.
        this.#putBack(batch);
        this.host.decideAgain(this, new Set(batch.map(({ connection }) => connection)));
        break;
      case "CLIENT":
        // Another node bound one of our clientIDs first: what is not its owner's is refused.
        this.#putBack(batch);
        this.#rebuild.ownersMoved();
        this.#startClean();
        break;
      case "GONE":
        return this.host.evict(this, closeReasons.documentGone);
    }
    if (!this.#pending.isUnderWay) this.#onSettled?.();
    this.#scheduleRest();
  }

  /**
   * The commit of the oldest batch under way was not answered. The table says whether it was kept: what was drops out as known, and the rest
   * is tried again on top of the head and the tip that are there. Should the first attempt go through only after that look, one of the
   * two finds the head moved (CONFLICT), and looks again. False: this has been tried often enough.
   */
  findOut(): boolean {
    if (this.#evicted) return true;
    const batch = this.#pending.end();
    // Two that were under way together fail together.
    if (!this.#rebuilding && ++this.#unanswered > LOOK_UPS) return false;
    this.#putBack(batch);
    this.#catchUp(closeReasons.notCommitted);
    if (!this.#pending.isUnderWay) this.#onSettled?.();
    return true;
  }

  /** Learns that the head moved elsewhere: reads the gap, unless a commit of our own is about to find out. */
  catchUp(version: number): void {
    this.#hinted = Math.max(this.#hinted, version);
    if (version > this.version && !this.#pending.isUnderWay) this.#catchUp();
  }

  /** Sends presence that changed since the last call to everyone but those whose it is. */
  sharePresence(): void {
    const frame = this.presence.takeChanges();
    if (frame) for (const connection of this.connections) connection.write(...frame.for(connection));
  }

  /** A connection has closed. */
  leave(connection: Connection): void {
    this.connections.delete(connection);
    this.presence.leave(connection);
    this.authors.leave(connection);
  }

  /** Forgets the room; its changes that were not committed were shown to nobody, and their senders still have them. */
  close(why: CloseReason): void {
    if (this.#evicted) return;
    this.#evicted = true;
    this.#outbound.clear();
    const dropped = this.#inbox.drop();
    const senders = new Set([...this.#pending.senders(), ...dropped.map(({ connection }) => connection)]);
    for (const sender of senders) sender.abandoned();
    for (const connection of [...this.connections]) connection.close(why);
    for (const { tell } of dropped) tell({ outcome: "dropped" });
    this.content.destroy();
  }

  /**
   * Has what was committed since the last time held against the record; where that is worthwhile it is stored, so that the next opening
   * reads one state and replays nothing or little.
   */
  check(now = performance.now()): void {
    if (!this.idle || this.#evicted || this.version === this.#checked) return;
    this.#checked = this.version;
    this.#checkedAt = now;
    const held = this.content.held();
    // What came after a large state is not made one with it for this.
    const store = held.later.length === 0 && this.#checkpoints.isWorthwhile(this.version);
    if (store) this.#checkpoints.stored(this.version, held.encoded.state.length);
    this.#check(held, store);
  }

  /** Lets the document rest if nobody has changed it for a while. */
  rest(): void {
    if (!this.idle || this.#evicted) return;
    this.content.rest(this.#pending.applied, this.#checkpoints.bytes);
    const now = performance.now();
    if (!this.content.isAwake && now - this.#checkedAt > CHECK_EVERY_MS) this.check(now);
  }

  /** To everyone who has joined. */
  #send({ update, seq, except }: Outgoing): void {
    const frame = updateFrame(update);
    this.content.committed(update, seq);
    for (const connection of this.connections)
      if (connection.synced && connection !== except) connection.write(frame);
  }

  /** Everything up to `seq` is durable. What was held back goes out first, so that a joiner's state precedes the batch that follows it. */
  #release(seq: number): void {
    this.#pending.durable = seq;
    this.#outbound.release(seq);
  }

  #putBack(batch: readonly Pending[]): void {
    this.#checkpoints.forget();
    this.#pending.putBack(batch);
  }

  #keepCheckpoint(): void {
    const encoded = this.#checkpoints.committed(this.version);
    if (encoded) this.#check({ encoded, later: [] }, true);
  }

  #check(held: Pick<HeldState, "encoded" | "later">, store: boolean): void {
    const { documentId, version } = this;
    this.host.check({ documentId, version, key: this.#key, ...held, store });
  }

  #scheduleRest(): void {
    if (this.#pending.waiting.length > 0 || !this.#inbox.isEmpty) this.host.schedule(this);
  }

  /** The document holds something that must not be committed. */
  #startClean(): void {
    this.#rebuild.taint();
    this.#catchUp();
  }

  /** `otherwise`: why everyone is sent away if it cannot. */
  #catchUp(otherwise: CloseReason = closeReasons.unreadable): void {
    if (this.#evicted) return;
    this.#rebuilding ??= this.#startOver().catch((error: unknown) =>
      error instanceof AppError && (error.code === "GONE" || error.code === "NOT_FOUND")
        ? this.host.evict(this, closeReasons.documentGone)
        : this.host.evict(this, otherwise),
    );
  }

  /**
   * Something that waited was refused. Others may have said the same meanwhile, the same letters deleted most likely, and were taken for
   * saying nothing new: they are asked what they have, and nothing that they were about to be told of is called durable before.
   */
  #askEveryone(): void {
    const editors = new Set([...this.connections].filter(({ mayEdit }) => mayEdit));
    this.#outbound.dropAcknowledgements(editors);
    for (const editor of editors) void this.ask(editor);
  }

  /** Makes the document of a large state in slices, if it rests. What arrives meanwhile waits for it, as for a rebuild. */
  #wake(): void {
    if (this.#evicted || !this.content.isDeepAsleep) return;
    this.#rebuilding ??= this.#wakeUp().catch(() => this.host.evict(this, closeReasons.unreadable));
  }

  async #wakeUp(): Promise<void> {
    await this.content.wake(this.host.lane.begin());
    if (this.#evicted) return this.content.destroy();
    this.#outbound.prepareAgain();
    this.#rebuilding = undefined;
    if (this.#pending.waiting.length === 0) this.#release(this.#pending.applied);
    this.#scheduleRest();
    // A hint that came meanwhile was not acted on.
    this.catchUp(this.#hinted);
  }

  /** Catches up with what others committed and sends it on. */
  async #startOver(): Promise<void> {
    if (this.#pending.isUnderWay)
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
      });
    this.#onSettled = undefined;
    const { updates: gap, head, tip, at, keeps } = await this.#rebuild.catchUp(this.version, this.#key);
    if (this.#evicted) return;
    this.version = head;
    this.#tip = tip;
    if (at) this.#committedAt = at;
    for (const update of merged(gap))
      this.#send({ update, seq: Number.POSITIVE_INFINITY, except: undefined });
    if (!keeps && this.#rebuild.applyAgain()) this.#askEveryone();
    this.#pending.forgetDropped();
    this.#outbound.prepareAgain();
    this.#rebuilding = undefined;
    if (this.#pending.waiting.length === 0) this.#release(this.#pending.applied);
    this.#scheduleRest();
    if (this.content.isOutgrown) this.#wake();
  }
}

import type { CommitOutcome, DocumentChanges, NewChange } from "@onrecord/history/commit";
import type { LoadedDocument } from "@onrecord/history/load";
import * as Y from "yjs";
import type { Connection } from "./connection.js";
import { inspect, novelClients } from "./inspect.js";
import { applyPlaced } from "./placement.js";
import { Presence } from "./presence.js";
import { ackFrame, awarenessFrame, type CloseCode, closeCode, sync, syncFrame } from "./protocol.js";

/** An effective change that is applied in memory and not yet durable. */
interface Pending extends NewChange {
  readonly seq: number;
  readonly connection: Connection;
}

/** What became of a change that a client sent. */
export type Reception =
  /** Applied; it will be durable when `room.durable` reaches `room.applied`. */
  | { readonly outcome: "applied" }
  /** Everything in it was known already. */
  | { readonly outcome: "nothing-new" }
  /** It builds on what the server has not seen; nothing of that part is kept. */
  | { readonly outcome: "gap" }
  | { readonly outcome: "refused"; readonly code: CloseCode; readonly reason: string };

/** A message made of what is not durable yet: it is sent when it is. */
interface Held {
  after: number;
  readonly connection: Connection;
  /** Reads from the document what the message will say, now and again whenever the document is rebuilt. */
  readonly prepare: () => () => Uint8Array;
  message: () => Uint8Array;
  readonly sent?: () => void;
}

/** What the room asks of its node. */
export interface RoomHost {
  readonly limits: {
    readonly documentBytes: number;
    readonly awarenessBytes: number;
    readonly awarenessClients: number;
  };
  /** The room has changes to commit. */
  schedule(room: Room): void;
  /** The committed updates after a version, in order, and when the last of them was committed. */
  readGap(
    documentId: string,
    key: Buffer,
    after: number,
  ): Promise<{ updates: Uint8Array[]; at: Date | null }>;
  /** Whose clientIDs are whose, as committed. */
  owners(documentId: string): Promise<Map<number, string>>;
  /** The document at a committed version, fresh from the database. */
  reload(documentId: string, version: number): Promise<LoadedDocument>;
  checkpoint(documentId: string, version: number, key: Buffer, state: Uint8Array): void;
  /** A change was applied here and its sender lost the right before it was committed: to be recorded, and its socket closed. */
  refused(room: Room, connection: Connection, code: CloseCode, reason: string, update: Uint8Array): void;
  /** The room cannot go on; it is forgotten and its clients come back to a new one. */
  evict(room: Room, code: CloseCode, reason: string): void;
}

/** At most this many changes are merged into one frame: merging is superlinear. */
const MERGED = 100;

/** A checkpoint is written after this many versions: the most that an opening replays. */
const CHECKPOINT_EVERY = 500;

/**
 * One document held open by this node.
 *
 * The invariant: nothing leaves the room before it is committed. `doc` runs ahead of the committed head by the changes in `#inFlight`
 * (being committed) and `#waiting` (to be committed next); every change has a sequence number, and whatever is made from `doc`,
 * an answer to a joiner or an acknowledgement, is held back until the last number it contains is durable.
 */
export class Room {
  readonly connections = new Set<Connection>();
  readonly presence: Presence;
  /** The newest change in `doc`, and the newest that is committed and sent. */
  applied = 0;
  durable = 0;
  version: number;
  #doc: Y.Doc;
  #key: Buffer;
  /** When the head was committed. */
  #committedAt: Date;
  #checkpointed: number;
  #bytes: number;
  #waiting: Pending[] = [];
  #inFlight: Pending[] = [];
  /** Bindings of clientIDs that no commit has carried yet. */
  readonly #unbound = new Map<number, string>();
  /** Those of them that the commit under way carries. */
  #carried: readonly number[] = [];
  #checkpoint: { version: number; state: Uint8Array } | undefined;
  /** Held back until `durable` reaches `after`. */
  #held: Held[] = [];
  /** Set while the document is rebuilt from the database; what arrives meanwhile waits for it. */
  #rebuilding: Promise<void> | undefined;
  /** `doc` holds something that must not be committed. */
  #tainted = false;
  /** A commit met a binding that this room does not know. */
  #ownersMoved = false;
  #onSettled: (() => void) | undefined;
  #evicted = false;

  constructor(
    readonly documentId: string,
    loaded: LoadedDocument,
    private readonly clients: Map<number, string>,
    private readonly host: RoomHost,
  ) {
    this.#doc = loaded.doc;
    this.#key = loaded.key;
    this.version = loaded.version;
    this.#committedAt = loaded.committedAt ?? new Date();
    this.#checkpointed = loaded.version - loaded.replayed;
    this.#bytes = Y.encodeStateAsUpdate(loaded.doc).length;
    this.presence = new Presence(host.limits);
  }

  /** Waits for a rebuild under way; messages of a connection are handled one after the other, so none overtakes another. */
  ready(): Promise<void> | undefined {
    return this.#rebuilding;
  }

  /** Takes a change of a connection that may edit: checks whose it is, applies it, and schedules its commit. */
  receive(connection: Connection, update: Uint8Array): Reception {
    const refused = this.#inspect(connection, update);
    if (refused) return refused;
    let effective: Uint8Array | null;
    try {
      effective = applyPlaced(this.#doc, update);
    } catch {
      // Half of it may be in the document now.
      this.#rebuild(true);
      return { outcome: "refused", code: closeCode.malformed, reason: "the update cannot be applied" };
    }
    const gap = this.#dropUnconnected();
    if (effective !== null) {
      this.#bytes += effective.length;
      if (this.#bytes > this.host.limits.documentBytes && this.#measure() > this.host.limits.documentBytes) {
        this.#rebuild(true);
        return {
          outcome: "refused",
          code: closeCode.tooLarge,
          reason: "the document would grow past its limit",
        };
      }
      this.#enqueue(connection, effective);
    }
    if (gap) return { outcome: "gap" };
    return { outcome: effective === null ? "nothing-new" : "applied" };
  }

  /** Whether an update has anything that the document does not. For those who may not edit. */
  wouldChange(update: Uint8Array): boolean {
    return (
      novelClients(this.#doc, inspect(update)).length > 0 ||
      !Y.snapshotContainsUpdate(Y.snapshot(this.#doc), update)
    );
  }

  /** Answers a SyncStep1: what the client lacks, told once all of it is durable. After it, the connection gets every batch. */
  join(connection: Connection, stateVector: Uint8Array): void {
    const known = stateVector.length === 0 ? Uint8Array.of(0) : stateVector;
    const prepare = () => {
      const frame = syncFrame(sync.step2, Y.encodeStateAsUpdate(this.#doc, known));
      return () => frame;
    };
    this.#hold(connection, prepare, () => {
      connection.synced = true;
    });
  }

  /** The document's state vector, asking a client for what the server lacks. */
  step1(): Uint8Array {
    return syncFrame(sync.step1, Y.encodeStateVector(this.#doc));
  }

  /** Tells a connection that asked when everything it has sent so far is durable. */
  acknowledge(connection: Connection): void {
    const { received } = connection;
    this.#hold(connection, () => {
      const stateVector = Y.encodeStateVector(this.#doc);
      return () => ackFrame(received, this.version, this.#committedAt.toISOString(), stateVector);
    });
  }

  /** Sends a message once everything that is applied now is durable: at once, or after the commit that makes it so. */
  #hold(connection: Connection, prepare: Held["prepare"], sent?: () => void): void {
    const held: Held = {
      after: this.applied,
      connection,
      prepare,
      message: prepare(),
      ...(sent ? { sent } : {}),
    };
    if (this.durable === this.applied) deliver(held);
    else this.#held.push(held);
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.length === 0 && !this.#rebuilding;
  }

  /** Hands over what waits as the next part of a group commit; null when there is nothing or the last part is still under way. */
  take(): DocumentChanges | null {
    if (this.#waiting.length === 0 || this.#inFlight.length > 0 || this.#rebuilding || this.#evicted)
      return null;
    if (this.#waiting.some(({ connection }) => !connection.mayEdit)) {
      // Its sender lost the right after it was applied here.
      this.#rebuild(true);
      return null;
    }
    this.#inFlight = this.#waiting;
    this.#carried = [...this.#unbound.keys()];
    this.#waiting = [];
    const version = this.version + this.#inFlight.length;
    // Just now `doc` is exactly the document at that version.
    if (version - this.#checkpointed >= CHECKPOINT_EVERY)
      this.#checkpoint = { version, state: Y.encodeStateAsUpdate(this.#doc) };
    return {
      documentId: this.documentId,
      from: this.version,
      key: this.#key,
      bindings: [...this.#unbound].map(([clientId, userId]) => ({ clientId, userId })),
      changes: this.#inFlight,
    };
  }

  /** Takes the outcome of the group commit: sends what is durable now, or starts over from the database. */
  settle({ outcome, head, at }: CommitOutcome): void {
    const batch = this.#inFlight;
    const carried = this.#carried;
    this.#inFlight = [];
    switch (outcome) {
      case "COMMITTED":
        this.version = head;
        for (const clientId of carried) this.#unbound.delete(clientId);
        this.#committedAt = at;
        this.#release(batch.at(-1)!.seq);
        this.#send(batch);
        for (const { connection } of batch) connection.settled();
        this.#keepCheckpoint();
        break;
      case "CONFLICT":
        // Another node was first: what is still new is committed on top of what is there.
        this.#putBack(batch);
        this.#rebuild(true);
        break;
      case "REVISION":
        // Permissions moved on, and every connection has been decided on again: what is still allowed is tried again.
        this.#putBack(batch);
        break;
      case "CLIENT":
        // Another node bound one of our clientIDs first: what is not its owner's is refused.
        this.#putBack(batch);
        this.#ownersMoved = true;
        this.#rebuild(true);
        break;
      case "GONE":
        this.host.evict(this, closeCode.gone, "the document is gone");
    }
    this.#onSettled?.();
    if (this.#waiting.length > 0) this.host.schedule(this);
  }

  /** Learns that the head moved elsewhere: reads the gap, unless a commit of our own is about to find out. */
  catchUp(version: number): void {
    if (version > this.version && this.#inFlight.length === 0) this.#rebuild(false);
  }

  /** Sends presence that changed since the last call to everyone, the sender included: it is also what keeps stock clients connected. */
  sharePresence(): void {
    const update = this.presence.takeChanges();
    if (update) this.broadcast(awarenessFrame(update));
  }

  broadcast(frame: Uint8Array, except?: Connection): void {
    for (const connection of this.connections) if (connection !== except) connection.send(frame);
  }

  /** Forgets the room; its changes that were not committed were shown to nobody, and their senders still have them. */
  close(code: CloseCode, reason: string): void {
    this.#evicted = true;
    this.#held = [];
    for (const connection of [...this.connections]) connection.close(code, reason);
    this.#doc.destroy();
  }

  /** The state to checkpoint when the room is unloaded, if loading it again would replay more than a little. */
  unloadCheckpoint(): void {
    if (this.version - this.#checkpointed > 50 && this.idle && !this.#evicted) {
      this.host.checkpoint(this.documentId, this.version, this.#key, Y.encodeStateAsUpdate(this.#doc));
    }
  }

  #inspect(connection: Connection, update: Uint8Array): Reception | null {
    try {
      for (const client of novelClients(this.#doc, inspect(update))) {
        const owner = this.clients.get(client);
        if (owner !== undefined && owner !== connection.principal.userId) {
          return {
            outcome: "refused",
            code: closeCode.malformed,
            reason: "the update writes in the name of another user",
          };
        }
      }
      return null;
    } catch {
      return { outcome: "refused", code: closeCode.malformed, reason: "the update is malformed" };
    }
  }

  /** Throws away what Yjs parked for want of something it builds on: it would grow, be encoded into every answer, and never be committed. */
  #dropUnconnected(): boolean {
    const { store } = this.#doc;
    const gap = store.pendingStructs !== null || store.pendingDs !== null;
    store.pendingStructs = null;
    store.pendingDs = null;
    return gap;
  }

  #enqueue(connection: Connection, update: Uint8Array): void {
    this.#bind(update, connection.principal.userId);
    this.#waiting.push({
      seq: ++this.applied,
      connection,
      by: connection.by,
      action: "document.edited",
      authorId: connection.principal.userId,
      update,
    });
    connection.applied();
    this.host.schedule(this);
  }

  /** From its first change on, a clientID belongs to the user who brought it. */
  #bind(update: Uint8Array, userId: string): void {
    for (const clientId of Y.parseUpdateMeta(update).to.keys()) {
      if (this.clients.has(clientId)) continue;
      this.clients.set(clientId, userId);
      this.#unbound.set(clientId, userId);
    }
  }

  /** To everyone who has joined, but for a sender who was alone. */
  #send(batch: readonly Pending[]): void {
    const [first] = batch;
    const sender = batch.every(({ connection }) => connection === first?.connection)
      ? first?.connection
      : undefined;
    this.#sendUpdates(
      batch.map(({ update }) => update),
      sender,
    );
  }

  #sendUpdates(updates: readonly Uint8Array[], except?: Connection): void {
    for (let i = 0; i < updates.length; i += MERGED) {
      const frame = syncFrame(sync.update, merge(updates.slice(i, i + MERGED)));
      for (const connection of this.connections)
        if (connection.synced && connection !== except) connection.send(frame);
    }
  }

  /** Everything up to `seq` is durable. What was held back goes out first, so that a joiner's state precedes the batch that follows it. */
  #release(seq: number): void {
    this.durable = seq;
    const held = this.#held;
    this.#held = held.filter(({ after }) => after > seq);
    for (const entry of held) if (entry.after <= seq) deliver(entry);
  }

  #putBack(batch: readonly Pending[]): void {
    this.#checkpoint = undefined;
    this.#waiting = [...batch, ...this.#waiting];
  }

  #keepCheckpoint(): void {
    if (this.#checkpoint?.version !== this.version) return;
    const { version, state } = this.#checkpoint;
    this.#checkpoint = undefined;
    this.#checkpointed = version;
    this.#bytes = state.length;
    this.host.checkpoint(this.documentId, version, this.#key, state);
  }

  #measure(): number {
    this.#bytes = Y.encodeStateAsUpdate(this.#doc).length;
    return this.#bytes;
  }

  #rebuild(tainted: boolean): void {
    if (this.#evicted) return;
    this.#tainted ||= tainted;
    this.#rebuilding ??= this.#startOver().catch(() =>
      this.host.evict(this, closeCode.tryLater, "the document could not be read"),
    );
  }

  /**
   * Takes what others committed meanwhile from the database and sends it on. When changes of our own wait, or something must be got
   * rid of, the document itself is taken from there too and what waits is applied again on top: what has become known drops out,
   * and so does what its sender may no longer do.
   */
  async #startOver(): Promise<void> {
    if (this.#inFlight.length > 0)
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
      });
    this.#onSettled = undefined;
    const { updates: gap, at } = await this.host.readGap(this.documentId, this.#key, this.version);
    const head = this.version + gap.length;
    if (this.#tainted || this.#waiting.length > 0) {
      const fresh = await this.host.reload(this.documentId, head);
      this.#doc.destroy();
      this.#doc = fresh.doc;
    } else {
      for (const update of gap) Y.applyUpdate(this.#doc, update);
    }
    if (this.#ownersMoved) await this.#learnOwners();
    if (this.#evicted) return;
    this.#tainted = false;
    this.version = head;
    if (at) this.#committedAt = at;
    this.#sendUpdates(gap);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const change of waiting) this.#applyAgain(change);
    // Numbers that dropped out will never be committed: nobody may wait for them.
    this.applied = this.#waiting.at(-1)?.seq ?? this.durable;
    // And what was to be said of the old document is said of this one.
    for (const entry of this.#held) {
      entry.after = this.applied;
      entry.message = entry.prepare();
    }
    this.#rebuilding = undefined;
    if (this.#waiting.length > 0) this.host.schedule(this);
    else this.#release(this.applied);
  }

  async #learnOwners(): Promise<void> {
    this.#ownersMoved = false;
    for (const [clientId, userId] of await this.host.owners(this.documentId)) {
      this.clients.set(clientId, userId);
      this.#unbound.delete(clientId);
    }
  }

  #applyAgain(change: Pending): void {
    const { connection } = change;
    const refusal: Reception | null = connection.mayEdit
      ? this.#inspect(connection, change.update)
      : { outcome: "refused", code: closeCode.forbidden, reason: "access was removed" };
    if (refusal?.outcome === "refused") {
      connection.settled();
      this.host.refused(this, connection, refusal.code, refusal.reason, change.update);
      return;
    }
    const effective = applyPlaced(this.#doc, change.update);
    this.#dropUnconnected();
    if (effective === null) connection.settled();
    else this.#waiting.push({ ...change, update: effective });
  }
}

/** Nothing is told to a connection that is being refused: what an acknowledgement covers may be what was refused. */
function deliver({ connection, message, sent }: Held): void {
  if (!connection.listening) return;
  connection.sendState(message());
  sent?.();
}

function merge(updates: readonly Uint8Array[]): Uint8Array {
  return updates.length === 1 ? updates[0]! : Y.mergeUpdates([...updates]);
}

import type { KeyObject } from "node:crypto";
import { applyCommitted } from "@onrecord/history/apply-committed";
import type { ClientBinding, CommitOutcome, DocumentChanges, NewChange } from "@onrecord/history/commit";
import type { EncodedState } from "@onrecord/history/encoded-state";
import { CHECKPOINT_EVERY, type Gap } from "@onrecord/history/history";
import type { LoadedDocument, StoredDocument } from "@onrecord/history/load";
import { AppError } from "@onrecord/platform/errors";
import { newId } from "@onrecord/platform/ids";
import * as Y from "yjs";
import { Authors } from "./authors.js";
import { type Step, without } from "./authorship.js";
import { type Connection, framed } from "./connection.js";
import { Content, merge, updateFrame } from "./content.js";
import { Held, type Message } from "./held.js";
import { independent } from "./independent.js";
import { bringsStructs, inspect } from "./inspect.js";
import { type Arrival, dropUnconnected, type Reception, type Run, takeRun } from "./intake.js";
import { applyPlaced } from "./placement.js";
import { Presence } from "./presence.js";
import { ackFrame, awarenessFrame, type CloseCode, closeCode, sync, syncFrame } from "./protocol.js";

/** An effective change that is applied in memory and not yet durable. */
interface Pending extends NewChange {
  readonly seq: number;
  readonly connection: Connection;
  /** It is what its sender has. When Yjs has tidied formatting after it, the sender lacks that. */
  readonly verbatim: boolean;
  /** What it adds to whose clientIDs are whose. */
  readonly bindings: readonly ClientBinding[];
  /** Those it was taken in with, as one update; undefined once it stands for itself. */
  readonly run: { readonly merged: Uint8Array; readonly size: number } | undefined;
}

/** What the room asks of its node. */
export interface RoomHost {
  readonly limits: {
    readonly documentBytes: number;
    readonly documentClients: number;
    readonly awarenessBytes: number;
    readonly awarenessClients: number;
    readonly documentAwarenessBytes: number;
  };
  /** The room has changes to commit. */
  schedule(room: Room): void;
  /** What was committed after a version. */
  readGap(documentId: string, key: KeyObject, after: number): Promise<Gap>;
  /** Whose clientIDs are whose, as committed; of all of them, or of these. */
  bindings(documentId: string, clientIds?: readonly number[]): Promise<ClientBinding[]>;
  /** The document at a committed version, fresh from the database. */
  reload(documentId: string, version: number): Promise<LoadedDocument>;
  checkpoint(documentId: string, version: number, key: KeyObject, encoded: EncodedState): void;
  /** A change was applied here and its sender lost the right before it was committed: to be recorded, and its socket closed. */
  refused(room: Room, connection: Connection, code: CloseCode, reason: string, update: Uint8Array): void;
  /** The room cannot go on; it is forgotten and its clients come back to a new one. */
  evict(room: Room, code: CloseCode, reason: string): void;
}

/** At most this many changes are merged into one frame: merging is superlinear. */
const MERGED = 100;

/** When a room is unloaded, a state of more than so many bytes is not stored again for so few versions. */
const MUCH = 1024 * 1024;
const FEW = 50;

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
  readonly authors: Authors;
  /** The newest change in `doc`, and the newest that is committed and sent. */
  applied = 0;
  durable = 0;
  version: number;
  /** The entry of that version. */
  #tip: string | null;
  readonly #content: Content;
  #key: KeyObject;
  /** When the head was committed. */
  #committedAt: Date;
  #checkpointed: number;
  #bytes: number;
  /** Sent, and not yet looked at. */
  #arrived: Arrival[] = [];
  /** Arrivals at the front that are taken one by one. */
  #suspects = 0;
  #waiting: Pending[] = [];
  /** Batches being committed, oldest first. */
  #inFlight: Pending[][] = [];
  #checkpoint: { version: number; encoded: EncodedState } | undefined;
  readonly #held = new Held();
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
    stored: StoredDocument,
    bindings: Iterable<ClientBinding>,
    private readonly host: RoomHost,
  ) {
    this.#content = new Content(stored.encoded, stored.later);
    this.#key = stored.key;
    this.version = stored.version;
    this.#tip = stored.tip;
    this.#committedAt = stored.committedAt ?? new Date();
    this.#checkpointed = stored.version - stored.replayed;
    this.#bytes = stored.later.reduce((sum, { length }) => sum + length, stored.encoded.state.length);
    this.authors = new Authors(bindings, this.connections);
    this.presence = new Presence(host.limits, (owner, clientId) => this.authors.maySpeak(owner, clientId));
  }

  /** Waits for a rebuild under way; messages of a connection are handled one after the other, so none overtakes another. */
  ready(): Promise<void> | undefined {
    return this.#rebuilding;
  }

  /**
   * Takes a change of a connection that may edit. It is looked at together with all that arrive until a commit can take it; `tell` is
   * called with what became of it.
   */
  receive(connection: Connection, update: Uint8Array, step: Step, tell: Arrival["tell"]): void {
    if (this.#arrived.length === 0 && this.#content.repeats(update)) {
      if (step === "step2") this.authors.hasAnswered(connection);
      return tell({ outcome: "nothing-new" });
    }
    this.#arrived.push({ connection, update, step, tell });
    connection.ahead();
    this.host.schedule(this);
  }

  /** Whether an update has anything that the document does not. For those who may not edit. */
  wouldChange(update: Uint8Array): boolean {
    this.#takeIn();
    if (this.#content.repeats(update)) return false;
    const { doc } = this.#content;
    return bringsStructs(doc, inspect(update)) || !Y.snapshotContainsUpdate(Y.snapshot(doc), update);
  }

  /** Answers a SyncStep1: what the client lacks, told once all of it is durable. After it, the connection gets every batch. */
  join(connection: Connection, stateVector: Uint8Array): void {
    this.#takeIn();
    const hasNothing = stateVector.length === 0 || Y.decodeStateVector(stateVector).size === 0;
    const prepare = () => {
      if (hasNothing) return this.#content.whole(this.applied);
      const frame = framed(syncFrame(sync.step2, this.#content.missing(stateVector)));
      return { seq: this.applied, frames: () => [frame] };
    };
    this.#hold(connection, prepare, () => {
      connection.synced = true;
    });
  }

  /** Asks a client for what the server lacks. */
  async ask(connection: Connection): Promise<void> {
    if (this.#rebuilding) await this.#rebuilding;
    connection.send(syncFrame(sync.step1, this.authors.askFor(this.#content.stateVector(), connection)));
  }

  /** Tells a connection that asked when what it has sent so far is durable: its first `received` document messages. */
  acknowledge(connection: Connection, received: number): void {
    this.#hold(connection, () => {
      const stateVector = this.#content.stateVector();
      const frames = () => [
        framed(ackFrame(received, this.version, this.#committedAt.toISOString(), stateVector)),
      ];
      return { seq: this.applied, frames };
    });
  }

  /** Sends a message once everything that it tells of is durable: at once, or after the commit that makes it so. */
  #hold(connection: Connection, prepare: () => Message, sent?: () => void): void {
    this.#held.hold(connection, prepare, sent);
    if (!this.#rebuilding) this.#held.release(this.durable);
  }

  get idle(): boolean {
    return (
      this.#arrived.length === 0 &&
      this.#waiting.length === 0 &&
      this.#inFlight.length === 0 &&
      !this.#rebuilding
    );
  }

  /** Hands over what waits as the next part of a group commit, on top of what is under way; null when there is nothing to hand over. */
  take(): DocumentChanges | null {
    this.#takeIn();
    if (this.#waiting.length === 0 || this.#rebuilding || this.#evicted) return null;
    if (this.#waiting.some(({ connection }) => !connection.mayEdit)) {
      // Its sender lost the right after it was applied here.
      this.#rebuild(true);
      return null;
    }
    const batch = this.#waiting;
    // What came back must go before what is under way behind it, which will come back too.
    if (this.#inFlight.some(([first]) => first!.seq > batch[0]!.seq)) return null;
    const from = this.#inFlight.reduce((sum, { length }) => sum + length, this.version);
    const tip = this.#inFlight.at(-1)?.at(-1)?.entryId ?? this.#tip;
    const version = from + batch.length;
    this.#inFlight.push(batch);
    this.#waiting = [];
    // Just now `doc` is exactly the document at that version.
    if (version - Math.max(this.#checkpointed, this.#checkpoint?.version ?? 0) >= CHECKPOINT_EVERY)
      this.#checkpoint ??= { version, encoded: this.#content.encode() };
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
    const batch = this.#inFlight.shift()!;
    switch (outcome) {
      case "COMMITTED":
        this.version = head;
        this.#tip = batch.at(-1)!.entryId;
        this.authors.bindings.settle(batch.reduce((sum, { bindings }) => sum + bindings.length, 0));
        this.#committedAt = at;
        this.#release(batch.at(-1)!.seq);
        this.#send(batch);
        for (const { connection } of batch) connection.settled();
        this.#keepCheckpoint();
        break;
      case "CONFLICT":
        // Another node was first, or a batch before this one was not kept: what is still new is committed on top of what is there.
        this.#putBack(batch);
        this.#rebuild(false);
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
        return this.host.evict(this, closeCode.gone, "the document is gone");
    }
    if (this.#inFlight.length === 0) this.#onSettled?.();
    if (this.#waiting.length > 0 || this.#arrived.length > 0) this.host.schedule(this);
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

  /** A connection has closed. */
  leave(connection: Connection): void {
    this.connections.delete(connection);
    this.presence.leave(connection);
    this.authors.leave(connection);
  }

  broadcast(frame: Uint8Array, except?: Connection): void {
    const wire = framed(frame);
    for (const connection of this.connections) if (connection !== except) connection.write(wire);
  }

  /** Forgets the room; its changes that were not committed were shown to nobody, and their senders still have them. */
  close(code: CloseCode, reason: string): void {
    this.#evicted = true;
    this.#held.clear();
    this.#arrived = [];
    for (const connection of [...this.connections]) connection.close(code, reason);
    this.#content.destroy();
  }

  /** What is to be stored when the room is unloaded, so that the next opening reads one state and replays nothing or little. */
  unloadCheckpoint(): void {
    const behind = this.version - this.#checkpointed;
    if (behind === 0 || (behind <= FEW && this.#bytes > MUCH) || !this.idle || this.#evicted) return;
    this.host.checkpoint(this.documentId, this.version, this.#key, this.#content.encode());
  }

  /** Lets the document rest if nobody has changed it for a while. */
  rest(): void {
    if (this.idle && !this.#evicted) this.#content.rest(this.applied, this.#bytes);
  }

  /** Takes in what has arrived. */
  #takeIn(): void {
    while (this.#arrived.length > 0 && !this.#rebuilding && !this.#evicted) {
      const { documentBytes, documentClients } = this.host.limits;
      const room = {
        bytes: documentBytes - this.#bytes,
        clients: documentClients,
        arrivals: this.#suspects > 0 ? 1 : Number.POSITIVE_INFINITY,
      };
      const run = takeRun(this.#content.doc, this.authors, this.#arrived, room);
      this.#suspects = run.suspects || Math.max(0, this.#suspects - 1);
      if (run.broken) this.#rebuild(true);
      const refused = this.#outgrown(run);
      if (!refused) this.#enqueue(run);
      const taken = new Set(run.taken.map(({ arrival }) => arrival));
      for (const [arrival, reception] of run.receptions) {
        if (refused || !taken.has(arrival)) arrival.connection.settled();
        arrival.tell(refused ?? reception);
      }
    }
  }

  /** A run that makes the document grow past its limit is one change by itself: the others would surely have fitted. */
  #outgrown({ taken }: Run): Reception | undefined {
    for (const { update } of taken) this.#bytes += update.length;
    const { documentBytes } = this.host.limits;
    if (this.#bytes <= documentBytes || this.#measure() <= documentBytes) return undefined;
    this.#rebuild(true);
    return { outcome: "refused", code: closeCode.tooLarge, reason: "the document would grow past its limit" };
  }

  #enqueue({ taken, merged }: Run): void {
    const run = merged === null ? undefined : { merged, size: taken.length };
    for (const { arrival, ...change } of taken) {
      const { connection } = arrival;
      this.#waiting.push({
        ...change,
        seq: ++this.applied,
        entryId: newId(),
        connection,
        verbatim: sameBytes(change.update, arrival.update),
        by: connection.by,
        run,
      });
    }
  }

  /** To everyone who has joined: what was taken in together as the one update that it is, but not to a sender who has all of it. */
  #send(batch: readonly Pending[]): void {
    for (let i = 0; i < batch.length; ) {
      const { run, update, connection } = batch[i]!;
      const size = run?.size ?? 1;
      const together = batch.slice(i, i + size);
      const whole = together.length === size && together.every((change) => change.run === run);
      const sent = whole ? together : [batch[i]!];
      const alone = sent.every((change) => change.connection === connection && change.verbatim);
      const { seq } = sent.at(-1)!;
      this.#sendUpdate(whole ? (run?.merged ?? update) : update, seq, alone ? connection : undefined);
      i += sent.length;
    }
  }

  /** `seq` is the newest change in it. */
  #sendUpdate(update: Uint8Array, seq: number, except?: Connection): void {
    const frame = updateFrame(update);
    this.#content.committed(update, seq);
    for (const connection of this.connections)
      if (connection.synced && connection !== except) connection.write(frame);
  }

  /** Everything up to `seq` is durable. What was held back goes out first, so that a joiner's state precedes the batch that follows it. */
  #release(seq: number): void {
    this.durable = seq;
    this.#held.release(seq);
  }

  #putBack(batch: readonly Pending[]): void {
    this.#checkpoint = undefined;
    // A batch that was under way behind another comes back after it, and goes before what came later.
    this.#waiting = [...this.#waiting, ...batch].sort((a, b) => a.seq - b.seq);
  }

  #keepCheckpoint(): void {
    if (this.#checkpoint?.version !== this.version) return;
    const { version, encoded } = this.#checkpoint;
    this.#checkpoint = undefined;
    this.#checkpointed = version;
    this.#bytes = encoded.state.length;
    this.host.checkpoint(this.documentId, version, this.#key, encoded);
  }

  #measure(): number {
    this.#bytes = this.#content.encode().state.length;
    return this.#bytes;
  }

  #rebuild(tainted: boolean): void {
    if (this.#evicted) return;
    this.#tainted ||= tainted;
    this.#rebuilding ??= this.#startOver().catch((error: unknown) =>
      error instanceof AppError && (error.code === "GONE" || error.code === "NOT_FOUND")
        ? this.host.evict(this, closeCode.gone, "the document is gone")
        : this.host.evict(this, closeCode.tryLater, "the document could not be read"),
    );
  }

  /**
   * Takes what others committed meanwhile from the database and sends it on. When that touches changes of our own that wait, or
   * something must be got rid of, the document itself is taken from there too and what waits is applied again on top: what has become
   * known drops out, and so does what its sender may no longer do.
   */
  async #startOver(): Promise<void> {
    if (this.#inFlight.length > 0)
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
      });
    this.#onSettled = undefined;
    const { updates: gap, tip, at } = await this.host.readGap(this.documentId, this.#key, this.version);
    const head = this.version + gap.length;
    const keeps = this.#takeUp(gap);
    if (!keeps) {
      const fresh = await this.host.reload(this.documentId, head);
      this.#content.replace(fresh.doc);
    }
    await this.#learnBindings(gap, keeps);
    if (this.#evicted) return;
    this.#tainted = false;
    this.version = head;
    this.#tip = tip;
    if (at) this.#committedAt = at;
    for (let i = 0; i < gap.length; i += MERGED)
      this.#sendUpdate(merge(gap.slice(i, i + MERGED)), Number.POSITIVE_INFINITY);
    if (!keeps) for (const change of this.#waiting.splice(0)) this.#applyAgain(change);
    // Numbers that dropped out will never be committed: nobody may wait for them.
    this.applied = this.#waiting.at(-1)?.seq ?? this.durable;
    this.#held.prepareAgain();
    this.#rebuilding = undefined;
    if (this.#waiting.length === 0) this.#release(this.applied);
    if (this.#waiting.length > 0 || this.#arrived.length > 0) this.host.schedule(this);
  }

  /**
   * Applies what others committed to the document with what waits in it, if what waits stays as it is; false if not. To load the
   * document anew takes longer the larger it is, and whoever needs longer than the others' next commit would never come to one.
   */
  #takeUp(gap: readonly Uint8Array[]): boolean {
    if (this.#tainted || this.#waiting.some(({ connection }) => !connection.mayEdit)) return false;
    // At rest, nothing waits, and what is sent on is kept with what it knows.
    if (!this.#content.isAwake) return true;
    const ours = this.#waiting.map(({ update }) => update);
    if (!independent(ours, gap)) return false;
    for (const update of gap) applyCommitted(this.#content.doc, update);
    return true;
  }

  /** What others committed may have moved whose clientIDs are whose; what waits is judged again by it, if it is not kept. */
  async #learnBindings(gap: readonly Uint8Array[], keeps: boolean): Promise<void> {
    const clientIds = this.#ownersMoved
      ? undefined
      : [...new Set(gap.flatMap((update) => [...Y.parseUpdateMeta(update).from.keys()]))];
    const committed = clientIds?.length === 0 ? [] : await this.host.bindings(this.documentId, clientIds);
    this.#ownersMoved = false;
    // What is kept was written by other clientIDs than what is learnt.
    if (!keeps) this.authors.bindings.forget();
    this.authors.bindings.learn(committed);
    if (committed.some(({ userId }) => userId === null))
      for (const update of gap) this.authors.remember(update);
  }

  #applyAgain(change: Pending): void {
    const { connection } = change;
    const { doc } = this.#content;
    const step = change.relayed ? "step2" : "update";
    const inspection = inspect(change.update);
    const judgement = this.authors.judge(doc, connection, step, inspection);
    if (!connection.mayEdit || judgement.outcome === "refused") {
      const [code, reason] =
        connection.mayEdit && judgement.outcome === "refused"
          ? [closeCode.malformed, judgement.reason]
          : [closeCode.forbidden, "access was removed"];
      connection.settled();
      this.host.refused(this, connection, code, reason, change.update);
      return;
    }
    // Where this throws the room is given up, and whoever sent it is told when it sends it again.
    const effective = applyPlaced(doc, without(change.update, judgement.aside), inspection);
    dropUnconnected(doc);
    if (effective === null) connection.settled();
    else
      this.#waiting.push({
        ...change,
        run: undefined,
        update: effective,
        verbatim: change.verbatim && sameBytes(effective, change.update),
        ...this.authors.attribute(doc, connection, judgement, effective),
      });
    // Others have turned out to be connected with what it carried; the client is asked what remains.
    if (judgement.aside.length > 0) void this.ask(connection);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}

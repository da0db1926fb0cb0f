import type { KeyObject } from "node:crypto";
import { type CloseReason, closeReasons } from "@onrecord/collab-protocol/protocol";
import type { Lane } from "@onrecord/core/lane";
import { effectiveUpdate } from "@onrecord/history/edit/effective-update";
import { applyInSlices } from "@onrecord/history/store/apply-in-slices";
import type { ClientBinding } from "@onrecord/history/store/commit";
import type { Gap } from "@onrecord/history/store/history";
import type { LoadedDocument } from "@onrecord/history/store/load";
import * as Y from "yjs";
import type { Authors } from "../authorship/authors.js";
import { without } from "../authorship/authorship.js";
import type { Connection } from "../connection/connection.js";
import { isKnownInPart } from "../updates/applies-exactly.js";
import { independent } from "../updates/independent.js";
import { inspect } from "../updates/inspect.js";
import { dropUnconnected } from "../updates/intake.js";
import { applyPlaced } from "../updates/placement.js";
import type { Content } from "./content.js";
import type { Again, Pending, PendingChanges } from "./pending.js";

/** The parts of a room that a rebuild works on, and what it asks of the room. */
export interface Rebuilt {
  readonly content: Content;
  readonly pending: PendingChanges;
  readonly authors: Authors;
  /** By which documents are made, in slices. */
  readonly lane: Lane;
  /** What was committed after a version. */
  readGap(version: number, key: KeyObject): Promise<Gap>;
  /** The document at a committed version, fresh from the database. */
  reload(version: number): Promise<LoadedDocument>;
  /** Whose clientIDs are whose, as committed; of all of them, or of these. */
  bindings(clientIds?: readonly number[]): Promise<ClientBinding[]>;
  /** Asks a client for what the server lacks. */
  ask(connection: Connection): Promise<void>;
  refused(connection: Connection, why: CloseReason, changes: readonly Uint8Array[]): void;
}

/** What of each connection is refused, in one piece: somebody who types fast has many changes on their way when they lose the right. */
type Refused = Map<Connection, { readonly why: CloseReason; readonly changes: Uint8Array[] }>;

/** What was committed elsewhere, and whether what waits in the document stays as it is. */
export interface Caught extends Gap {
  readonly head: number;
  readonly keeps: boolean;
}

/**
 * Takes what others committed meanwhile from the database. When that touches changes of our own that wait, or something must be got rid
 * of, the document itself is taken from there too and what waits is applied again on top: what has become known drops out, and so does
 * what its sender may no longer do.
 */
export class Rebuild {
  /** The document holds something that must not be committed. */
  #tainted = false;
  /** A commit met a binding that this room does not know. */
  #ownersMoved = false;

  constructor(private readonly room: Rebuilt) {}

  taint(): void {
    this.#tainted = true;
  }

  ownersMoved(): void {
    this.#ownersMoved = true;
  }

  /** Brings the document to the committed head after `version`. */
  async catchUp(version: number, key: KeyObject): Promise<Caught> {
    const gap = await this.room.readGap(version, key);
    const head = version + gap.updates.length;
    const keeps = await this.#takeUp(gap.updates);
    if (!keeps) this.room.content.replace((await this.room.reload(head)).doc);
    await this.#learnBindings(gap.updates, keeps);
    this.#tainted = false;
    return { ...gap, head, keeps };
  }

  /** Applies what waits again, on the document as it is now; whether something of it was refused. */
  applyAgain(): boolean {
    const refused: Refused = new Map();
    this.room.pending.applyAgain((change) => this.#applyAgain(change, refused));
    for (const [connection, { why, changes }] of refused) this.room.refused(connection, why, changes);
    return refused.size > 0;
  }

  /**
   * Applies what others committed to the document with what waits in it, if what waits stays as it is; false if not. To load the
   * document anew takes longer the larger it is, and whoever needs longer than the others' next commit would never come to one.
   */
  async #takeUp(gap: readonly Uint8Array[]): Promise<boolean> {
    const { waiting } = this.room.pending;
    if (this.#tainted || waiting.some(({ connection }) => !connection.mayEdit)) return false;
    // At rest, nothing waits, and what is sent on is kept with what it knows.
    if (!this.room.content.isAwake) return true;
    const ours = waiting.map(({ update }) => update);
    if (!independent(ours, gap)) return false;
    const slices = this.room.lane.begin();
    for (const update of gap) await applyInSlices(this.room.content.doc, update, slices);
    return true;
  }

  /** What others committed may have moved whose clientIDs are whose; what waits is judged again by it, if it is not kept. */
  async #learnBindings(gap: readonly Uint8Array[], keeps: boolean): Promise<void> {
    const clientIds = this.#ownersMoved
      ? undefined
      : [...new Set(gap.flatMap((update) => [...Y.parseUpdateMeta(update).from.keys()]))];
    const committed = clientIds?.length === 0 ? [] : await this.room.bindings(clientIds);
    this.#ownersMoved = false;
    // What is kept was written by other clientIDs than what is learnt.
    if (!keeps) this.room.authors.bindings.forget();
    this.room.authors.bindings.learn(committed);
    if (committed.some(({ userId }) => userId === null))
      for (const update of gap) this.room.authors.remember(update);
  }

  /** What is left of a change that waits, on the document as it is now; null for nothing, and when its sender may not. */
  #applyAgain(change: Pending, refused: Refused): Again | null {
    const { connection } = change;
    const { doc } = this.room.content;
    const step = change.relayed ? "step2" : "update";
    const inspection = inspect(change.update, Math.max(change.of, change.update.length));
    const judgement = this.room.authors.judge(doc, connection, step, inspection);
    if (!connection.mayEdit || judgement.outcome === "refused") {
      const why = connection.mayEdit && judgement.outcome === "refused" ? judgement : lostRight(connection);
      connection.settled();
      const { changes } = refused.get(connection) ?? { changes: [] as Uint8Array[] };
      changes.push(change.update);
      refused.set(connection, { why, changes });
      return null;
    }
    const rest = without(change.update, judgement.excluded);
    // Its place was looked at when it was taken. What another node has committed of it may be something else: where the rest has no
    // place behind that, this throws, the room is given up, and whoever sent it is told when it sends it again.
    const update = isKnownInPart(doc, inspection)
      ? applyPlaced(doc, rest, inspection)
      : effectiveUpdate(doc, rest);
    dropUnconnected(doc);
    // Others have turned out to be connected with what it relayed; the client is asked what remains.
    if (judgement.excluded.length > 0) void this.room.ask(connection);
    if (update === null) connection.settled();
    return update && { update, ...this.room.authors.attribute(doc, connection, judgement, update) };
  }
}

/** What somebody is told whose changes waited when they lost the right to edit: one whose right was lowered is still here, and may look on. */
export function lostRight(connection: Connection): CloseReason {
  return connection.isOpen ? closeReasons.viewOnly : closeReasons.accessRemoved;
}

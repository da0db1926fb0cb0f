import type { KeyObject } from "node:crypto";
import type { CloseReason } from "@onrecord/collab-protocol/protocol";
import type { Lane } from "@onrecord/core/lane";
import type { ClientBinding } from "@onrecord/history/store/commit";
import type { Gap } from "@onrecord/history/store/history";
import type { LoadedDocument } from "@onrecord/history/store/load";
import type { Span } from "@onrecord/telemetry/trace/span";
import type { Connection } from "../connection/connection.js";
import type { HeldState } from "../replay/state-check.js";

/** What a room asks of its node; `Room` is the room's type. */
export interface RoomHost<Room> {
  readonly limits: {
    readonly documentBytes: number;
    readonly documentClients: number;
    readonly mergeSteps: number;
    readonly awarenessBytes: number;
    readonly awarenessClients: number;
    readonly documentAwarenessBytes: number;
  };
  /** How long a room may take in at a time, while everyone else on the node waits, in milliseconds. */
  readonly sliceMs: number;
  /** By which documents are made, in slices. */
  readonly lane: Lane;
  /** A change has come: its way to its commit may be traced. */
  trace?(documentId: string, connection: Connection): Span | undefined;
  /** The room has changes to commit. */
  schedule(room: Room): void;
  /** Whether the right of a connection may have ended, by a change or by time, as far as this node can tell. */
  isDoubtful(connection: Connection): boolean;
  /** Has rights decided anew, which are doubtful until then; the room is scheduled again when that is done. */
  decideAgain(room: Room, senders: Iterable<Connection>): void;
  /** The time, alike on all nodes: milliseconds since the epoch. */
  now(): number;
  /** There is presence to share. */
  presenceChanged(room: Room): void;
  /** What was committed after a version. */
  readGap(documentId: string, key: KeyObject, after: number): Promise<Gap>;
  /** Whose clientIDs are whose, as committed; of all of them, or of these. */
  bindings(documentId: string, clientIds?: readonly number[]): Promise<ClientBinding[]>;
  /** The document at a committed version, fresh from the database. */
  reload(documentId: string, version: number): Promise<LoadedDocument>;
  /** Has a committed state held against the record, and stored if that is wanted and it is what the record says. */
  check(state: HeldState): void;
  /** Changes were applied here and their sender lost the right before they were committed: to be recorded, and its socket closed. */
  refused(room: Room, connection: Connection, why: CloseReason, changes: readonly Uint8Array[]): void;
  /** The room cannot go on; it is forgotten and its clients come back to a new one. */
  evict(room: Room, why: CloseReason): void;
}

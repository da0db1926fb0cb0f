import type { Connection } from "@onrecord/collab/connection/connection";
import type { CloseReason } from "@onrecord/collab-protocol/protocol";
import type { Principal } from "@onrecord/policy/principal";

/** A connection of a room without a socket: what is written to it lies there until it is taken. */
export interface Line {
  readonly connection: Connection;
  /** Messages that were written, oldest first. */
  readonly inbox: Uint8Array[];
  /** Why it was closed; undefined while it is open. */
  readonly closed: CloseReason | undefined;
  close(why: CloseReason): void;
}

/** Opens one for a person who may edit. */
export function openLine(userId: string, onClose: () => void = () => undefined): Line {
  const inbox: Uint8Array[] = [];
  let closed: CloseReason | undefined;
  const close = (why: CloseReason) => {
    if (closed) return;
    closed = why;
    onClose();
  };
  const write = (frame: Buffer) => {
    if (!closed) inbox.push(unframed(frame));
  };
  const connection = {
    synced: false,
    outstanding: 0,
    principal: { userId } as Principal,
    by: { actorKind: "USER", actorId: userId, sessionId: null, requestId: userId, from: null },
    mayEdit: true,
    get isOpen() {
      return !closed;
    },
    get listening() {
      return !closed;
    },
    send: (message: Uint8Array) => {
      if (!closed) inbox.push(message);
    },
    write: (...frames: readonly Buffer[]) => frames.forEach(write),
    writeState: write,
    ahead: () => undefined,
    charge: () => undefined,
    settled: () => undefined,
    abandoned: () => undefined,
    close,
  } as Partial<Connection> as Connection;
  return {
    connection,
    inbox,
    get closed() {
      return closed;
    },
    close,
  };
}

/** The message in a frame of the server's, which is whole and not masked. */
function unframed(frame: Buffer): Uint8Array {
  const short = frame[1]! & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  return Uint8Array.from(frame.subarray(head));
}

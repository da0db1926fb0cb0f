import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/**
 * Everything that travels between an editor and the collaboration server, in one place: the y-websocket protocol (y-protocols 1.0),
 * and two messages of our own for those who asked with `?ack=1`. One binary WebSocket frame is one message.
 */
export const message = {
  /** Followed by a `sync` step. */
  sync: 0,
  /** bytes( n, n × { clientID, clock, JSON or "null" } ) */
  awareness: 1,
  /** Server to client only in the stock protocol; ignored from clients. */
  auth: 2,
  /** Asks for everyone's presence. */
  queryAwareness: 3,
  /** received, version, committedAt (ISO 8601), bytes(stateVector): what is durable. Only with `?ack=1`. */
  ack: 120,
  /** access ("edit" | "comment" | "view"), reason: what this connection may do. Only with `?ack=1`. */
  access: 121,
} as const;

export const sync = {
  /** bytes(stateVector): "send me what I lack" */
  step1: 0,
  /** bytes(update): the answer to it */
  step2: 1,
  /** bytes(update): a change */
  update: 2,
} as const;

/** Why a socket is closed. 4400–4499 are permanent: a y-websocket 3.1 client stops. All others are retried. */
export const closeCode = {
  malformed: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  gone: 4404,
  tooLarge: 4413,
  restart: 1012,
  tryLater: 1013,
  slow: 4503,
} as const;
export type CloseCode = (typeof closeCode)[keyof typeof closeCode];

/** What a connection may do. */
export type Access = "edit" | "comment" | "view";

/** Clients drop a socket on which no message came for 30 s, and pings do not count: an empty awareness update keeps them. */
export const heartbeatFrame = Uint8Array.of(message.awareness, 1, 0);
export const heartbeatEvery = 15_000;

/** A decoded message from a client. */
export type ClientMessage =
  | { readonly type: "step1"; readonly stateVector: Uint8Array }
  | { readonly type: "change"; readonly update: Uint8Array; readonly step: "step2" | "update" }
  | { readonly type: "awareness"; readonly update: Uint8Array }
  | { readonly type: "query-awareness" }
  | { readonly type: "ignored" }
  | { readonly type: "unknown"; readonly code: number };

/** Decodes one frame; throws on anything that is not a whole message. */
export function decodeMessage(frame: Uint8Array): ClientMessage {
  const decoder = decoding.createDecoder(frame);
  const type = decoding.readVarUint(decoder);
  switch (type) {
    case message.sync: {
      const step = decoding.readVarUint(decoder);
      const bytes = decoding.readVarUint8Array(decoder);
      if (step === sync.step1) return { type: "step1", stateVector: bytes };
      if (step === sync.step2) return { type: "change", update: bytes, step: "step2" };
      if (step === sync.update) return { type: "change", update: bytes, step: "update" };
      return { type: "unknown", code: step };
    }
    case message.awareness:
      return { type: "awareness", update: decoding.readVarUint8Array(decoder) };
    case message.queryAwareness:
      return { type: "query-awareness" };
    case message.auth:
      return { type: "ignored" };
    default:
      return { type: "unknown", code: type };
  }
}

/** How many entries a state vector claims to have, without reading them; an empty message is an empty vector. */
export function countEntries(stateVector: Uint8Array): number {
  return stateVector.length === 0 ? 0 : decoding.readVarUint(decoding.createDecoder(stateVector));
}

export function syncFrame(step: (typeof sync)[keyof typeof sync], bytes: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, message.sync);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}

export function awarenessFrame(update: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, message.awareness);
    encoding.writeVarUint8Array(encoder, update);
  });
}

/** `received` counts the SyncStep2 and Update messages of this connection, from its first. */
export function ackFrame(
  received: number,
  version: number,
  committedAt: string,
  stateVector: Uint8Array,
): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, message.ack);
    encoding.writeVarUint(encoder, received);
    encoding.writeVarUint(encoder, version);
    encoding.writeVarString(encoder, committedAt);
    encoding.writeVarUint8Array(encoder, stateVector);
  });
}

export function accessFrame(access: Access, reason: string): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, message.access);
    encoding.writeVarString(encoder, access);
    encoding.writeVarString(encoder, reason);
  });
}

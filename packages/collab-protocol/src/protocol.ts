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

/** A close frame: the code says what the client is to do, the sentence what happened. */
export interface CloseReason {
  readonly code: CloseCode;
  readonly reason: string;
}

const malformed = (reason: string): CloseReason => ({ code: closeCode.malformed, reason });
const unauthenticated = (reason: string): CloseReason => ({ code: closeCode.unauthenticated, reason });
const forbidden = (reason: string): CloseReason => ({ code: closeCode.forbidden, reason });
const gone = (reason: string): CloseReason => ({ code: closeCode.gone, reason });
const tooLarge = (reason: string): CloseReason => ({ code: closeCode.tooLarge, reason });
const tryLater = (reason: string): CloseReason => ({ code: closeCode.tryLater, reason });

/**
 * Every reason for which the server closes a socket; where an error kept it from opening a document, the error's own sentence may stand
 * there instead. The sentences also stand on the record and in the metrics. No two entries have
 * the same code and sentence, so a client gets the name back with `closeReasonOf` and compares no sentence itself.
 */
export const closeReasons = {
  notBinary: malformed("only binary frames are understood"),
  frameMalformed: malformed("the frame is malformed"),
  notAMessage: malformed("the frame is not a message"),
  unknownMessages: malformed("too many messages of a type that is not known here"),
  stateVectorMalformed: malformed("the state vector is malformed"),
  stateVectorTooLong: malformed("the state vector has too many entries"),
  updateMalformed: malformed("the update is malformed"),
  updateInapplicable: malformed("the update cannot be applied"),
  updateUnfounded: malformed("the update builds on what was never sent"),
  updateForged: malformed("the update writes in the name of another user"),
  contentTaken: malformed(
    "the document has other content of this editor, brought by someone else: reload the page",
  ),
  subdocuments: malformed("subdocuments are not supported: put their content into the document itself"),
  presenceMalformed: malformed("the presence update is malformed"),
  presenceNotJson: malformed("a presence state is not JSON"),
  presenceTooDeep: malformed("a presence state is nested too deeply"),
  presenceTooLarge: malformed("a presence state is too large"),
  presenceTooMany: malformed("too many presence states on one connection"),

  notSignedIn: unauthenticated("sign in first"),
  otherSession: unauthenticated("another session is signed in"),
  sessionEnded: unauthenticated("the session has ended"),

  mayNotOpen: forbidden("you may not open this"),
  accessRemoved: forbidden("access was removed"),
  viewOnly: forbidden("view only"),

  noSuchDocument: gone("there is no such document"),
  documentGone: gone("the document is gone"),

  frameTooLarge: tooLarge("the frame is too large"),
  updateTooLarge: tooLarge("the update is too large"),
  documentTooLarge: tooLarge("the document would grow past its limit"),
  tooManyClients: tooLarge("the document has too many clientIDs"),
  documentTooTangled: tooLarge("too much was written at one place without hearing the others"),

  restart: { code: closeCode.restart, reason: "the server restarts" },
  tooSlow: { code: closeCode.slow, reason: "too slow: reconnect for what is missing" },
  tooManyArriving: tryLater("too many are coming in: try again later"),
  admissionTooLong: tryLater("this takes too long: try again later"),
  tooManyConnections: tryLater("too many connections"),
  tooMuchArriving: tryLater("too much is coming in: try again later"),
  ofAnother: tryLater("the update carries what its author has not sent"),
  unavailable: tryLater("try again later"),
  unreadable: tryLater("the document could not be read"),
  diverged: tryLater("the document is read again from its record"),
  notCommitted: tryLater("the change could not be committed"),
} as const satisfies Record<string, CloseReason>;

/** What an entry of the catalogue is called. */
export type CloseReasonName = keyof typeof closeReasons;

const closeReasonNames = new Map(
  Object.entries(closeReasons).map(([name, { code, reason }]) => [
    `${code} ${reason}`,
    name as CloseReasonName,
  ]),
);

/** The name of the reason in a close frame; undefined for one that this version does not know: then its code alone counts. */
export function closeReasonOf(code: number, reason: string): CloseReasonName | undefined {
  return closeReasonNames.get(`${code} ${reason}`);
}

/** Whether a y-websocket client does not come back by itself after this code. */
export function isPermanent(code: number): boolean {
  return code >= 4400 && code < 4500;
}

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

/** What is durable, as `message.ack` tells it. */
export interface Acknowledgement {
  readonly received: number;
  readonly version: number;
  /** When the version was committed, ISO 8601. */
  readonly committedAt: string;
  /** How far the durable document knows each clientID, encoded as Yjs does. */
  readonly stateVector: Uint8Array;
}

/** Reads what follows `message.ack`. */
export function readAck(decoder: decoding.Decoder): Acknowledgement {
  const received = decoding.readVarUint(decoder);
  const version = decoding.readVarUint(decoder);
  const committedAt = decoding.readVarString(decoder);
  return { received, version, committedAt, stateVector: decoding.readVarUint8Array(decoder) };
}

/** Reads what follows `message.access`; what this version does not know is taken for the least. */
export function readAccess(decoder: decoding.Decoder): { readonly access: Access; readonly reason: string } {
  const access = decoding.readVarString(decoder);
  const reason = decoding.readVarString(decoder);
  return { access: access === "edit" || access === "comment" ? access : "view", reason };
}

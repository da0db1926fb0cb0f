import { type Decoder, readVarString, readVarUint, readVarUint8Array } from "lib0/decoding";
import { decodeStateVector } from "yjs";
import type { Access, Ending } from "./saved-state.js";

/** The stock message of the document, and its steps: the answer to what the server lacks, and a change. */
export const SYNC = 0;
export const SYNC_ANSWER = 1;
export const SYNC_UPDATE = 2;

/** Onrecord's two message types beside the stock y-websocket ones; sent only to connections that ask with `?ack=1`. */
export const MESSAGE_DURABLE = 120;
export const MESSAGE_ACCESS = 121;

/** "Of the document messages that you sent, the first `received` are durable; the head is `version`." */
export interface Durable {
  readonly received: number;
  readonly version: number;
  /** When the head was committed, ISO 8601. */
  readonly at: string;
  /** How far the durable document knows each writing client. */
  readonly clocks: ReadonlyMap<number, number>;
}

/** Reads the body of a durable message. */
export function readDurable(decoder: Decoder): Durable {
  const received = readVarUint(decoder);
  const version = readVarUint(decoder);
  const at = readVarString(decoder);
  return { received, version, at, clocks: decodeStateVector(readVarUint8Array(decoder)) };
}

/** Reads the body of an access message; what this app does not know is taken for the least. */
export function readAccess(decoder: Decoder): { access: Access; reason: string } {
  const access = readVarString(decoder);
  const reason = readVarString(decoder);
  return { access: access === "edit" || access === "comment" ? access : "view", reason };
}

/** What a frame is to the acknowledgement: a full sync, a single update, or nothing that is counted. */
export function frameKind(data: unknown): "full" | "update" | null {
  if (!(data instanceof Uint8Array) || data[0] !== SYNC) return null;
  if (data[1] === SYNC_ANSWER) return "full";
  return data[1] === SYNC_UPDATE ? "update" : null;
}

/** Why the server closed for good, by its close code (4400 to 4499 are permanent by the convention of y-websocket). */
export function endingOf(code: number, reason: string): Ending {
  switch (code) {
    case 4401:
      return "signed-out";
    case 4403:
      return reason.toLowerCase().includes("view only") ? "view-only" : "removed";
    case 4404:
      return "gone";
    case 4413:
      return "too-large";
    default:
      return "malformed";
  }
}

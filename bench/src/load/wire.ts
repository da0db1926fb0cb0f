import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { Address } from "./job.js";

/** What a server says. */
export type Message =
  | { readonly kind: "step1" | "admitted" | "other" }
  | { readonly kind: "step2" | "update" | "presence"; readonly bytes: Uint8Array }
  | { readonly kind: "ack"; readonly received: number }
  | { readonly kind: "denied"; readonly reason: string };

/** One client's framing: stock y-websocket (y-protocols 1.0), or that of Hocuspocus 4, which puts the document's name before each message. */
export interface Framing {
  readonly url: string;
  /** What must be sent, and answered by "admitted", before anything else. */
  readonly hello: Uint8Array | undefined;
  step1(stateVector: Uint8Array): Uint8Array;
  step2(update: Uint8Array): Uint8Array;
  update(update: Uint8Array): Uint8Array;
  presence(update: Uint8Array): Uint8Array;
  read(frame: Uint8Array): Message;
}

const type = { sync: 0, awareness: 1, auth: 2, ack: 120 } as const;
const step = { step1: 0, step2: 1, update: 2 } as const;
const auth = { token: 0, denied: 1, admitted: 2 } as const;

/** The framing of one document's messages on one socket. */
export function framing(target: Address, documentId: string, token: string): Framing {
  switch (target.wire) {
    case "y-websocket":
      return {
        url: `${target.url}/${documentId}?token=${encodeURIComponent(token)}${target.acks ? "&ack=1" : ""}`,
        hello: undefined,
        ...layout(new Uint8Array()),
      };
    case "hocuspocus": {
      const address = encoding.encode((encoder) => encoding.writeVarString(encoder, documentId));
      const hello = encoding.encode((encoder) => {
        encoding.writeUint8Array(encoder, address);
        encoding.writeVarUint(encoder, type.auth);
        encoding.writeVarUint(encoder, auth.token);
        encoding.writeVarString(encoder, token);
      });
      return { url: target.url, hello, ...layout(address) };
    }
  }
}

function layout(address: Uint8Array): Omit<Framing, "url" | "hello"> {
  const frame = (head: readonly number[], body: Uint8Array) =>
    encoding.encode((encoder) => {
      encoding.writeUint8Array(encoder, address);
      for (const value of head) encoding.writeVarUint(encoder, value);
      encoding.writeVarUint8Array(encoder, body);
    });
  return {
    step1: (stateVector) => frame([type.sync, step.step1], stateVector),
    step2: (update) => frame([type.sync, step.step2], update),
    update: (update) => frame([type.sync, step.update], update),
    presence: (update) => frame([type.awareness], update),
    read: (frame) => {
      const decoder = decoding.createDecoder(frame);
      // Every message on the socket is of its one document.
      decoder.pos = address.length;
      return read(decoder);
    },
  };
}

function read(decoder: decoding.Decoder): Message {
  switch (decoding.readVarUint(decoder)) {
    case type.sync:
      switch (decoding.readVarUint(decoder)) {
        case step.step1:
          return { kind: "step1" };
        case step.step2:
          return { kind: "step2", bytes: decoding.readVarUint8Array(decoder) };
        case step.update:
          return { kind: "update", bytes: decoding.readVarUint8Array(decoder) };
        default:
          return { kind: "other" };
      }
    case type.awareness:
      return { kind: "presence", bytes: decoding.readVarUint8Array(decoder) };
    case type.auth:
      if (decoding.readVarUint(decoder) === auth.admitted) return { kind: "admitted" };
      return { kind: "denied", reason: decoding.readVarString(decoder) };
    case type.ack:
      return { kind: "ack", received: decoding.readVarUint(decoder) };
    default:
      return { kind: "other" };
  }
}

import { message } from "@onrecord/collab-protocol/protocol";
import * as encoding from "lib0/encoding";
import { frameHead } from "../connection/connection.js";

/** A state as it goes out; its JSON as bytes. */
export interface ToldState {
  readonly clientId: number;
  readonly clock: number;
  readonly owner: unknown;
  readonly json: Uint8Array;
}

/** Where a state stands in the body. */
type Part = readonly [start: number, end: number];

/**
 * An awareness message for many. Everyone gets the same bytes, but for whoever has one of the states: a stock client takes a state of
 * its own with a newer clock for its own doing, and would go back to it from what it has set since.
 */
export class PresenceFrame {
  readonly #body: Buffer;
  readonly #parts = new Map<unknown, Part[]>();
  #all: Buffer[] | undefined;

  constructor(private readonly states: readonly ToldState[]) {
    const encoder = encoding.createEncoder();
    for (const { clientId, clock, owner, json } of states) {
      const start = encoding.length(encoder);
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarUint8Array(encoder, json);
      const part: Part = [start, encoding.length(encoder)];
      const parts = this.#parts.get(owner);
      if (parts) parts.push(part);
      else this.#parts.set(owner, [part]);
    }
    this.#body = Buffer.from(encoding.toUint8Array(encoder));
  }

  /** The awareness update of all states. */
  get update(): Uint8Array {
    return Buffer.concat([head(this.states.length), this.#body]);
  }

  /** The frame for a connection, in pieces to be written one after the other: the body is made once, whoever gets which part of it. */
  for(owner: unknown): readonly Buffer[] {
    const own = this.#parts.get(owner);
    if (own === undefined) {
      this.#all ??= [Buffer.concat(pieces(this.states.length, [this.#body]))];
      return this.#all;
    }
    const count = this.states.length - own.length;
    if (count === 0) return [];
    const rest: Buffer[] = [];
    let at = 0;
    for (const [start, end] of own) {
      if (start > at) rest.push(this.#body.subarray(at, start));
      at = end;
    }
    if (at < this.#body.length) rest.push(this.#body.subarray(at));
    return pieces(count, rest);
  }
}

function head(count: number): Uint8Array {
  return encoding.encode((encoder) => encoding.writeVarUint(encoder, count));
}

/** An awareness message of so many states. */
function pieces(count: number, body: readonly Buffer[]): Buffer[] {
  const bytes = body.reduce((sum, { length }) => sum + length, 0);
  const counted = head(count);
  const start = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, message.awareness);
    encoding.writeVarUint(encoder, counted.length + bytes);
    encoding.writeUint8Array(encoder, counted);
  });
  return [Buffer.concat([frameHead(start.length + bytes), start]), ...body];
}

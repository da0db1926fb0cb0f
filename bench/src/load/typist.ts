import * as encoding from "lib0/encoding";

/** The Y.Text that typists write. */
export const field = "content";

const prose = "The Offeror and parties acting in concert with it are interested in shares of the Company. ";
/** Struct flags of Yjs's update format v1. */
const STRING = 4;
const HAS_ORIGIN = 0x80;

/** Somebody who types at the end of their own line, one character at a time: the updates of a Y.Text without the cost of a Y.Doc. */
export class Typist {
  /** Characters typed; the clock that the next one gets. */
  clock = 0;

  constructor(readonly clientId: number) {}

  /** The next keystroke, a Yjs v1 update. */
  next(): Uint8Array {
    const clock = this.clock++;
    return encode(this.clientId, clock, prose[clock % prose.length]!);
  }

  /** Everything typed so far as one update, what a Y.Doc makes of it after merging. */
  everything(): Uint8Array {
    const text = prose.repeat(Math.ceil(this.clock / prose.length)).slice(0, this.clock);
    return this.clock === 0 ? Uint8Array.of(0, 0) : encode(this.clientId, 0, text);
  }
}

function encode(clientId: number, clock: number, text: string): Uint8Array {
  return encoding.encode((encoder) => {
    // One client, with one struct.
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, clock);
    if (clock === 0) {
      encoding.writeUint8(encoder, STRING);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, field);
    } else {
      encoding.writeUint8(encoder, STRING | HAS_ORIGIN);
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock - 1);
    }
    encoding.writeVarString(encoder, text);
    // Nothing deleted.
    encoding.writeVarUint(encoder, 0);
  });
}

import { sliceUpdate } from "@onrecord/filing/slice-update";
import { createDecoder, readVarUint, readVarUint8Array } from "lib0/decoding";
import { encode, writeVarUint, writeVarUint8Array } from "lib0/encoding";
import { frameKind, SYNC, SYNC_UPDATE } from "./protocol.js";

/** What one frame may have: well below what the server takes at once, so that nobody waits for it. */
const PART_BYTES = 1024 * 1024;
const PART_STRUCTS = 50_000;

/**
 * A frame as it is sent: what is large (days of work offline, a paste of megabytes) goes in parts, each a change like any other, so that a
 * line that breaks half-way has brought what went before. The last part is of the frame's own kind: an answer is whole only with it.
 */
export function* inParts<Data>(frame: Data): Generator<Data | Uint8Array<ArrayBuffer>> {
  if (!(frame instanceof Uint8Array) || frame.length <= PART_BYTES || frameKind(frame) === null)
    return yield frame;
  const decoder = createDecoder(frame);
  readVarUint(decoder);
  const step = readVarUint(decoder);
  let last: Uint8Array | undefined;
  for (const part of sliceUpdate(readVarUint8Array(decoder), PART_BYTES, PART_STRUCTS)) {
    if (last) yield syncFrame(SYNC_UPDATE, last);
    last = part;
  }
  if (last) yield syncFrame(step, last);
}

function syncFrame(step: number, update: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = encode((encoder) => {
    writeVarUint(encoder, SYNC);
    writeVarUint(encoder, step);
    writeVarUint8Array(encoder, update);
  });
  return Uint8Array.from(frame);
}

import { decodeMessage, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { sliceUpdate } from "@onrecord/filing/slice-update";
import { frameKind } from "./frame-kind.js";

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
  const decoded = decodeMessage(frame);
  if (decoded.type !== "change") return yield frame;
  let last: Uint8Array | undefined;
  for (const part of sliceUpdate(decoded.update, PART_BYTES, PART_STRUCTS)) {
    if (last) yield Uint8Array.from(syncFrame(sync.update, last));
    last = part;
  }
  if (last) yield Uint8Array.from(syncFrame(sync[decoded.step], last));
}

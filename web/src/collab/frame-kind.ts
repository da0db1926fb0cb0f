import { message, sync } from "@onrecord/collab-protocol/protocol";

/** What a frame is to the acknowledgement: a full sync, a single update, or nothing that is counted. */
export function frameKind(data: unknown): "full" | "update" | null {
  if (!(data instanceof Uint8Array) || data[0] !== message.sync) return null;
  if (data[1] === sync.step2) return "full";
  return data[1] === sync.update ? "update" : null;
}

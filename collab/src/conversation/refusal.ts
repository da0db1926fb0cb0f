import { createHash } from "node:crypto";
import type { CloseReason } from "@onrecord/collab-protocol/protocol";
import type { Logger } from "@onrecord/core/log";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Connection } from "../connection/connection.js";
import type { Room } from "../room/room.js";

/** Where refusals go: on the record, and in the log. */
export interface RefusalHost {
  readonly ledger: Ledger;
  readonly log: Logger;
}

/**
 * Puts on the record what was refused (why, how large, and its hash, never its content), and closes. `refused` are messages, or changes
 * that waited, which are one entry: their sizes together, and the hash over all of them in order. Null for a frame that was not read to
 * its end.
 */
export function refuse(
  { ledger, log }: RefusalHost,
  room: Room,
  connection: Connection,
  why: CloseReason,
  refused: readonly Uint8Array[] | null,
): void {
  connection.silence();
  const { code, reason } = why;
  const { by } = connection;
  const object = { kind: "DOCUMENT", id: room.documentId } as const;
  const detail = {
    reason,
    bytes: refused?.reduce((sum, { length }) => sum + length, 0) ?? null,
    sha256: refused && hashOf(refused),
    ...(refused && refused.length > 1 ? { changes: refused.length } : {}),
  };
  log.info({ requestId: by.requestId, documentId: room.documentId, code, reason }, "refused a message");
  ledger
    .recordLater({ action: "document.edit-refused", by, object, detail })
    .catch((err: unknown) => log.error({ err, requestId: by.requestId }, "a refusal could not be recorded"))
    .finally(() => connection.close(why));
}

function hashOf(all: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const bytes of all) hash.update(bytes);
  return hash.digest("hex");
}

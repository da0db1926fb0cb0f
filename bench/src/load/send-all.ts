import * as Y from "yjs";
import type { Fleet } from "./fleet.js";

/** Updates under way at a time, and bytes. */
const AHEAD = 2000;
const AHEAD_BYTES = 4 * 1024 * 1024;

/** Fills a document: sends updates in order, no faster than a second client receives them. The sender stays. */
export async function sendAll(
  fleet: Fleet,
  documentId: string,
  updates: readonly Uint8Array[],
): Promise<void> {
  const sender = await fleet.openOne(documentId);
  const receiver = await fleet.openOne(documentId);
  const seen = new Map<number, number>();
  receiver.onUpdate = (update) => {
    for (const [client, clock] of Y.parseUpdateMeta(update).to)
      seen.set(client, Math.max(seen.get(client) ?? 0, clock));
  };
  /** The newest clocks that the updates up to each have reached. */
  let sent = 0;
  let received = 0;
  let ahead = 0;
  const reached: { readonly client: number; readonly clock: number; readonly bytes: number }[] = [];
  const arrived = ({ client, clock }: { client: number; clock: number }) => (seen.get(client) ?? 0) >= clock;
  const advance = () => {
    for (; received < sent && arrived(reached[received]!); received++) ahead -= reached[received]!.bytes;
  };
  while (sent < updates.length) {
    while (sent < updates.length && sent - received < AHEAD && ahead < AHEAD_BYTES) {
      const update = updates[sent++]!;
      sender.sendUpdate(update);
      // Of an update that only deletes, the sender's earlier ones tell enough.
      const [last = [0, 0] as const] = Y.parseUpdateMeta(update).to;
      reached.push({ client: last[0], clock: last[1], bytes: update.length });
      ahead += update.length;
    }
    const before = received;
    await fleet.until(
      () => {
        advance();
        return received > before;
      },
      () => seen.size + received,
      "the document to be taken",
    );
  }
  // Messages of one connection are answered in order: by now everything has been taken.
  await sender.sync();
  receiver.leave();
}

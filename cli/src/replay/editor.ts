import { AppError } from "@onrecord/core/errors";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** A stock y-websocket client on one document. */
export interface Editor extends Disposable {
  readonly doc: Y.Doc;
  /** Resolves when the server's state has arrived; rejects when the server closes for good. */
  readonly synced: Promise<void>;
  /** Rejects when the server closes for good. */
  readonly closed: Promise<never>;
}

/** Connects with nothing of ours on the client's side but its clientID. `url` is where rooms are, e.g. `ws://127.0.0.1:4000/collab`. */
export function openEditor(url: string, documentId: string, token: string, clientID: number): Editor {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  const provider = new WebsocketProvider(url, documentId, doc, {
    params: { token },
    disableBc: true,
  });
  const closed = new Promise<never>((_, reject) => {
    provider.on("closed", ({ code, reason }) =>
      reject(
        new AppError("UNAVAILABLE", `The server closed the document: ${reason || "no reason"} (${code}).`),
      ),
    );
  });
  closed.catch(() => undefined);
  const opened = new Promise<void>((resolve) => {
    provider.on("sync", (isSynced) => {
      if (isSynced) resolve();
    });
  });
  return {
    doc,
    closed,
    synced: Promise.race([opened, closed]),
    [Symbol.dispose]: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

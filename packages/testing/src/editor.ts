import { until } from "@onrecord/core/testing/until";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** A stock y-websocket editor on one document. */
export interface Editor extends Disposable {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  readonly text: Y.Text;
  /** Resolves when the server's state has arrived. */
  synced(): Promise<void>;
  /** Resolves with the code of a permanent close. */
  closed(): Promise<number>;
}

/** Connects like any program would: token in the query, nothing of ours on the client side. With `tabs`, it tells the other tabs of its browser. */
export function openEditor(
  url: string,
  documentId: string,
  token: string,
  options: {
    clientID?: number;
    doc?: Y.Doc;
    tabs?: boolean;
    /** Sockets that come another way. */
    WebSocketPolyfill?: typeof WebSocket;
  } = {},
): Editor {
  const doc = options.doc ?? new Y.Doc();
  if (options.clientID !== undefined) doc.clientID = options.clientID;
  // Each provider listens for the end of the process until it is destroyed: Node's limit for leaks counts what is beyond them.
  process.setMaxListeners(process.getMaxListeners() + 1);
  let room = 1;
  const provider = new WebsocketProvider(`${url.replace(/^http/, "ws")}/collab`, documentId, doc, {
    params: { token },
    disableBc: !options.tabs,
    ...(options.WebSocketPolyfill ? { WebSocketPolyfill: options.WebSocketPolyfill } : {}),
  });
  const closed = new Promise<number>((resolve) => {
    provider.on("closed", (event: { code: number }) => resolve(event.code));
  });
  return {
    doc,
    provider,
    text: doc.getText("content"),
    synced: () => until(() => provider.synced, `${documentId} to be synced`),
    closed: () => closed,
    [Symbol.dispose]: () => {
      provider.destroy();
      doc.destroy();
      // Tests dispose of an editor twice: once where it is used up, once with all the others.
      process.setMaxListeners(process.getMaxListeners() - room);
      room = 0;
    },
  };
}

export { until };

import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** A stock y-websocket client, with what a campaign wants to see of it. */
export interface StockEditor extends Disposable {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly provider: WebsocketProvider;
  /** The code of a close after which a stock client does not come back. */
  closedFor(): number | undefined;
}

/** How a stock client connects. */
export interface StockOptions {
  /** Where rooms are, e.g. `ws://127.0.0.1:4000/collab`. */
  readonly rooms: string;
  readonly documentId: string;
  readonly token: string;
  readonly doc?: Y.Doc;
  /** Parameters of the address besides the token. */
  readonly params?: Readonly<Record<string, string>>;
  /** Told every frame that the client sends. */
  readonly onSend?: (frame: Uint8Array) => void;
}

/** Connects with nothing of ours on the client's side. */
export function openStockEditor(options: StockOptions): StockEditor {
  const { rooms, documentId, token, doc = new Y.Doc(), params, onSend } = options;
  class Watched extends WebSocket {
    override send(data: Parameters<WebSocket["send"]>[0]): void {
      if (data instanceof Uint8Array) onSend?.(data);
      super.send(data);
    }
  }
  const provider = new WebsocketProvider(rooms, documentId, doc, {
    params: { token, ...params },
    disableBc: true,
    WebSocketPolyfill: Watched,
  });
  let code: number | undefined;
  provider.on("closed", (event) => {
    code = event.code;
  });
  return {
    doc,
    text: doc.getText("content"),
    provider,
    closedFor: () => code,
    [Symbol.dispose]: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

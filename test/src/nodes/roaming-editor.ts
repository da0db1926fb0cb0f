import { message, readAccess, readAck } from "@onrecord/collab-protocol/protocol";
import type * as decoding from "lib0/decoding";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** A stock editor that knows several nodes, and turns to the next one when its own closes or cannot be reached. */
export interface RoamingEditor extends Disposable {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly provider: WebsocketProvider;
  /** Codes with which sockets were closed that had been open. */
  readonly closes: readonly number[];
  /** By clientID, how far it was told that changes are durable. */
  readonly durable: ReadonlyMap<number, number>;
  /** What it was told that it may do, last; undefined before. */
  readonly access: string | undefined;
}

/** Opens it at the node `first` of the list; it asks for acknowledgements (`?ack=1`). */
export function openRoaming(
  urls: readonly string[],
  documentId: string,
  token: string,
  first = 0,
): RoamingEditor {
  const doc = new Y.Doc();
  const at = (index: number) => `${urls[index % urls.length]!.replace(/^http/, "ws")}/collab`;
  let node = first;
  const provider = new WebsocketProvider(at(node), documentId, doc, {
    params: { token, ack: "1" },
    disableBc: true,
    maxBackoffTime: 500,
  });
  const durable = new Map<number, number>();
  provider.messageHandlers[message.ack] = (_: unknown, decoder: decoding.Decoder) => {
    for (const [client, clock] of Y.decodeStateVector(readAck(decoder).stateVector))
      durable.set(client, Math.max(clock, durable.get(client) ?? 0));
  };
  let access: string | undefined;
  provider.messageHandlers[message.access] = (_: unknown, decoder: decoding.Decoder) => {
    access = readAccess(decoder).access;
  };
  const closes: number[] = [];
  provider.on("connection-close", (event) => {
    if (provider.wsconnected && event) closes.push(event.code);
    provider.serverUrl = at(++node);
  });
  return {
    doc,
    provider,
    text: doc.getText("content"),
    closes,
    durable,
    get access() {
      return access;
    },
    [Symbol.dispose]: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

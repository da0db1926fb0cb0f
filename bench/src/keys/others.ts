import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import { Doc, type XmlElement, XmlText } from "yjs";

/** The time between two keys of one person, in milliseconds. */
const PAUSE = 180;

/** People who type into a filing without a pause, each into a block of text of their own near its beginning. */
export async function othersTyping(
  url: string,
  documentId: string,
  tokens: readonly string[],
): Promise<AsyncDisposable> {
  const open = tokens.map((token, index) => {
    const doc = new Doc();
    const provider = new WebsocketProvider(`${url.replace(/^http/, "ws")}/collab`, documentId, doc, {
      params: { token },
      disableBc: true,
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    return { doc, provider, index };
  });
  await Promise.all(open.map(({ provider }) => once(provider)));
  const timers = open.map(({ doc, index }) => {
    const text = textsOf(doc)[index + 1];
    return setInterval(() => text?.insert(text.length, "o"), PAUSE);
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      await delay(200);
      for (const { provider, doc } of open) {
        provider.destroy();
        doc.destroy();
      }
    },
  };
}

function once(provider: WebsocketProvider): Promise<void> {
  return new Promise((resolve) => provider.once("sync", () => resolve()));
}

/** The texts of the first paragraphs that have words. */
function textsOf(doc: Doc): XmlText[] {
  return doc
    .getXmlFragment("default")
    .toArray()
    .flatMap((block) => ("toArray" in block ? (block as XmlElement).toArray() : []))
    .filter((inline): inline is XmlText => inline instanceof XmlText && inline.length > 20);
}

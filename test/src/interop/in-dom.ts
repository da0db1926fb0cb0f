import type { DocumentKind } from "@onrecord/filing/content";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { Binding, Surface } from "./peer.js";

/** How an editor is put into an element, on the document and the presence of a provider. */
export type Mount = (
  host: HTMLElement,
  provider: WebsocketProvider,
  user: { readonly name: string; readonly color: string },
) => Surface & { destroy(): void };

/** A binding whose editors live in this process, in a DOM: its test file imports `dom.js` before anything else. */
export function inDom(facts: {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly formats: boolean;
  readonly mount: Mount;
}): Binding {
  const seated = (provider: WebsocketProvider, name: string) => {
    const host = document.body.appendChild(document.createElement("div"));
    const surface = facts.mount(host, provider, { name, color: "#30bced" });
    const leave = async () => {
      provider.destroy();
      // Some bindings follow a change in presence a moment later, and fail when their view is gone by then.
      await moment();
      surface.destroy();
      provider.doc.destroy();
      host.remove();
    };
    return { surface, leave };
  };
  return {
    ...facts,
    open: async ({ url, documentId, token, claims }) => {
      const provider = providerOf(`${url.replace(/^http/, "ws")}/collab`, documentId, new Y.Doc(), { token });
      let code: number | null = null;
      provider.on("closed", (event) => {
        code = event.code;
      });
      const { surface, leave } = seated(provider, claims);
      return {
        ...surface,
        synced: () => provider.synced,
        closed: () => code,
        disconnect: () => provider.disconnect(),
        connect: () => provider.connect(),
        [Symbol.asyncDispose]: leave,
      };
    },
    show: async (state) => {
      const doc = new Y.Doc();
      const { surface, leave } = seated(providerOf("ws://127.0.0.1", "nowhere", doc, null), "");
      Y.applyUpdate(doc, state);
      await moment();
      const shown = await surface.shown();
      await leave();
      return shown;
    },
  };
}

/** The text of each element that a CSS selector finds. */
export function textsOf(host: HTMLElement, selector: string): string[] {
  return [...host.querySelectorAll(selector)].map(({ textContent }) => textContent ?? "");
}

/** Editors may show what they were told only in a turn of their own. */
const moment = () => new Promise((resolve) => setTimeout(resolve));

/** A stock provider; without a token one that connects to nothing. */
function providerOf(
  url: string,
  room: string,
  doc: Y.Doc,
  params: { readonly token: string } | null,
): WebsocketProvider {
  // Whatever one editor learns of another it learns from the server.
  return new WebsocketProvider(url, room, doc, {
    params: { ...params },
    connect: params !== null,
    disableBc: true,
  });
}

import * as monaco from "monaco-editor/esm/vs/editor/editor.api.js";
import { MonacoBinding } from "y-monaco";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { Seat } from "../peer.js";

/** What the page does for the test that drives it; typing is left to the keyboard. */
export interface MonacoPage {
  /** Connects to a document of the server. */
  open(seat: Seat): void;
  /** Takes a Yjs state, in base64, in place of a server. */
  load(state: string): void;
  synced(): boolean;
  closed(): number | null;
  disconnect(): void;
  connect(): void;
  shown(): string;
  carets(): string[];
}

declare global {
  interface Window {
    readonly page: MonacoPage;
  }
}

const doc = new Y.Doc();
const text = doc.getText("content");
const host = document.querySelector<HTMLElement>("#editor")!;
const editor = monaco.editor.create(host, { language: "plaintext", minimap: { enabled: false } });
const model = editor.getModel()!;
let provider: WebsocketProvider;
let code: number | null = null;

/** y-monaco gives a caret a class by the clientID; the name is for the page to write on it. */
function nameCarets(sheet: CSSStyleSheet): void {
  const rules = [...provider.awareness.getStates()].map(
    ([id, { user }]) =>
      `.yRemoteSelectionHead-${id}::after { content: ${JSON.stringify(user?.name ?? "")}; }`,
  );
  sheet.replaceSync(rules.join("\n"));
}

function bind(): void {
  const binding = new MonacoBinding(text, model, new Set([editor]), provider.awareness);
  // Monaco's own undo would also take back what others wrote.
  const undoManager = new Y.UndoManager(text, { trackedOrigins: new Set([binding]) });
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyZ, () => void undoManager.undo());
}

const page: MonacoPage = {
  open({ url, documentId, token, claims }) {
    provider = new WebsocketProvider(`${url.replace(/^http/, "ws")}/collab`, documentId, doc, {
      params: { token },
      disableBc: true,
    });
    provider.on("closed", (event) => {
      code = event.code;
    });
    provider.awareness.setLocalStateField("user", { name: claims, color: "#30bced" });
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    provider.awareness.on("change", () => nameCarets(sheet));
    bind();
  },
  load(state) {
    provider = new WebsocketProvider("ws://127.0.0.1", "nowhere", doc, { connect: false, disableBc: true });
    bind();
    Y.applyUpdate(
      doc,
      Uint8Array.from(atob(state), (letter) => letter.charCodeAt(0)),
    );
  },
  synced: () => provider.synced,
  closed: () => code,
  disconnect: () => provider.disconnect(),
  connect: () => provider.connect(),
  shown: () => model.getValue(),
  carets: () =>
    [...host.querySelectorAll(".yRemoteSelectionHead")]
      .map((caret) => getComputedStyle(caret, "::after").content)
      .filter((name) => name !== "none")
      .map((name) => JSON.parse(name)),
};
Object.assign(window, { page });

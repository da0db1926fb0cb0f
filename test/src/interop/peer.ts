import type { DocumentKind } from "@onrecord/filing/content";

/** Something that is there at once in this process, and after a moment in a browser's. */
export type Soon<T> = T | Promise<T>;

/** An editor as the person at it uses it. */
export interface Surface {
  /** Types words before everything else, or behind everything else. */
  type(words: string, where: "start" | "end"): Soon<void>;
  /** Makes everything bold; absent where the editor knows plain text only. */
  embolden?(): Soon<void>;
  /** Takes back what was done here last, by the editor's own undo. */
  undo(): Soon<void>;
  /** Puts the caret behind everything, as a click does. */
  focus(): Soon<void>;
  /** Everything that is shown, formatting included, in the editor's own terms: equal strings are equal documents. */
  shown(): Soon<string>;
  /** The words that are shown, as the API's `content` writes them. */
  words(): Soon<string>;
  /** What is shown as HTML, as the API's `content` writes it; absent where the editor's schema is not the filing's. */
  html?(): Soon<string>;
  /** The names that are shown at the carets of others. */
  carets(): Soon<readonly string[]>;
}

/** An editor that a stock y-websocket provider connects to one document of the server, as one person. */
export interface Peer extends Surface, AsyncDisposable {
  synced(): Soon<boolean>;
  /** The code of a permanent close, or null while there was none. */
  closed(): Soon<number | null>;
  disconnect(): Soon<void>;
  connect(): Soon<void>;
}

/** Where an editor connects to, as whom, and the name that it claims: the server knows better. */
export interface Seat {
  readonly url: string;
  readonly documentId: string;
  readonly token: string;
  readonly claims: string;
}

/** One kind of editor with its official binding to Yjs. */
export interface Binding {
  readonly name: string;
  /** The kind of document whose root type the binding uses. */
  readonly kind: DocumentKind;
  readonly formats: boolean;
  open(seat: Seat): Promise<Peer>;
  /** What such an editor shows of a Yjs state, connected to nothing. */
  show(state: Uint8Array): Promise<string>;
}

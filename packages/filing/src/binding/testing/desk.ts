import { getSchema } from "@tiptap/core";
import { EditorState, type Transaction } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import * as Y from "yjs";
import { drawingSoundly } from "../../draw-soundly.js";
import { filingExtensions, filingField } from "../../extensions.js";
import { foreignExtensions } from "../foreign.js";
import { SharedFiling } from "../shared-filing.js";
import { Views } from "../views.js";

/** The schema of the page: the filing's, and what it shows the unknown with. */
export const pageSchema = drawingSoundly(getSchema([...filingExtensions, ...foreignExtensions]));

/** An editor without a page: the binding on a state, as a view would carry it. */
export class Desk {
  state: EditorState;
  composing = false;
  /** Updates that were made here. */
  readonly sent: Uint8Array[] = [];
  readonly binding: SharedFiling;
  readonly #view;

  constructor(
    readonly doc = new Y.Doc(),
    schema = pageSchema,
  ) {
    this.binding = new SharedFiling(doc.getXmlFragment(filingField), schema);
    const plugin = this.binding.plugin;
    this.state = EditorState.create({ schema, plugins: [plugin] });
    const view = this as unknown as EditorView;
    this.#view = plugin.spec.view?.(view);
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== "remote") this.sent.push(update);
    });
    this.binding.start(view);
  }

  readonly dispatch = (transaction: Transaction): void => {
    const before = this.state;
    this.state = this.state.apply(transaction);
    this.#view?.update?.(this as unknown as EditorView, before);
  };

  /** What somebody who opens the document now would be shown. */
  get fresh() {
    return new Views(this.doc.getXmlFragment(filingField), pageSchema).document;
  }

  /** The page says that a composition has ended. */
  end(): void {
    const { handleDOMEvents } = this.state.plugins[0]?.spec.props ?? {};
    Reflect.apply(handleDOMEvents?.compositionend ?? (() => false), null, [this, {}]);
  }

  destroy(): void {
    this.#view?.destroy?.();
  }
}

/** Brings two documents together. */
export function exchange(a: Y.Doc, b: Y.Doc): void {
  const toB = Y.encodeStateAsUpdate(a, Y.encodeStateVector(b));
  const toA = Y.encodeStateAsUpdate(b, Y.encodeStateVector(a));
  Y.applyUpdate(b, toB, "remote");
  Y.applyUpdate(a, toA, "remote");
}

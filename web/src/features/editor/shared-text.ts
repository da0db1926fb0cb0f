import { Annotation, type ChangeSet, EditorState, type Extension, Transaction } from "@codemirror/state";
import { type EditorView, keymap, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { type Text, UndoManager, type YTextEvent } from "yjs";
import type { HeldChanges, Stretch } from "./held-changes.js";
import { lineFeedsOnly } from "./line-ends.js";
import { changesOf, writeChanges } from "./text-changes.js";

/** Marks what came from the shared text, so that it is not written back. */
const fromShared = Annotation.define<true>();
const received = [fromShared.of(true), Transaction.remote.of(true)];

/** How often a view that holds something is asked whether it still composes, in milliseconds. */
const LOOK = 25;

/** Binds a view to a shared text, with an undo that takes back only what was typed here. */
export function sharedText(text: Text, held: HeldChanges, mayWrite: () => boolean): Extension {
  const own = {};
  const undos = new UndoManager(text, { trackedOrigins: new Set([own]), captureTimeout: 600 });
  const run = (act: () => unknown) => () => {
    if (mayWrite()) act();
    return true;
  };
  const isOurs = (made: Transaction) => !made.annotation(fromShared);
  return [
    EditorState.transactionFilter.of((made) => (!made.docChanged || !isOurs(made) || mayWrite() ? made : [])),
    lineFeedsOnly(isOurs),
    keymap.of([
      { key: "Mod-z", run: run(() => undos.undo()), preventDefault: true },
      { key: "Mod-y", mac: "Mod-Shift-z", run: run(() => undos.redo()), preventDefault: true },
      { key: "Mod-Shift-z", run: run(() => undos.redo()), preventDefault: true },
    ]),
    ViewPlugin.define((view) => new Binding(view, text, held, own, undos)),
  ];
}

class Binding {
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly text: Text,
    private readonly held: HeldChanges,
    private readonly own: object,
    private readonly undos: UndoManager,
  ) {
    text.observe(this.#receive);
  }

  update({ transactions }: ViewUpdate): void {
    for (const made of transactions) {
      if (!made.docChanged || made.annotation(fromShared)) continue;
      const written = this.held.typed(made.startState.doc, made.newDoc, made.changes);
      writeChanges(this.text, written, this.own);
    }
  }

  destroy(): void {
    clearTimeout(this.#alarm);
    this.text.unobserve(this.#receive);
    this.undos.destroy();
  }

  readonly #receive = ({ delta }: YTextEvent, { origin }: { origin: unknown }): void => {
    if (origin === this.own) return;
    const change = changesOf(this.held.shared(this.view.state.doc), delta, this.text);
    const now = this.held.received(change, composedLine(this.view));
    if (now !== null) this.#show(now);
    else this.#alarm ??= setTimeout(() => this.#look(false), LOOK);
  };

  /**
   * Looks whether what is held may be shown. It is not the event that tells: with EditContext the page has none, an input method that is
   * torn away may send none, and CodeMirror reads what was composed at last some milliseconds later, which a change would drop. So it is
   * shown when nothing was composed for two looks; between the syllables of one word no look falls.
   */
  readonly #look = (rested: boolean): void => {
    const rests = composedLine(this.view) === null;
    this.#alarm = undefined;
    if (!rests || !rested) {
      this.#alarm = setTimeout(() => this.#look(rests), LOOK);
      return;
    }
    const change = this.held.release();
    if (change !== null) this.#show(change);
  };

  #show(changes: ChangeSet): void {
    this.view.dispatch({ changes, annotations: received });
  }
}

/** The line in which something is being composed. */
function composedLine(view: EditorView): Stretch | null {
  // Whoever leaves the view composes nothing in it, whatever was heard of it.
  if (!view.compositionStarted || !view.hasFocus) return null;
  const { main } = view.state.selection;
  return { from: view.state.doc.lineAt(main.from).from, to: view.state.doc.lineAt(main.to).to };
}

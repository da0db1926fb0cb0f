import { Annotation, EditorState, type Extension, Transaction } from "@codemirror/state";
import { keymap, ViewPlugin } from "@codemirror/view";
import { type Text, UndoManager, type YTextEvent } from "yjs";
import { changesOf, writeChanges } from "./text-changes.js";

/** Marks what came from the shared text, so that it is not written back. */
const fromShared = Annotation.define<true>();

/** Binds a view to a shared text, with an undo that takes back only what was typed here. */
export function sharedText(text: Text, mayWrite: () => boolean): Extension {
  const own = {};
  const undos = new UndoManager(text, { trackedOrigins: new Set([own]), captureTimeout: 600 });
  const run = (act: () => unknown) => () => {
    if (mayWrite()) act();
    return true;
  };
  return [
    EditorState.transactionFilter.of((made) =>
      !made.docChanged || made.annotation(fromShared) || mayWrite() ? made : [],
    ),
    keymap.of([
      { key: "Mod-z", run: run(() => undos.undo()), preventDefault: true },
      { key: "Mod-y", mac: "Mod-Shift-z", run: run(() => undos.redo()), preventDefault: true },
      { key: "Mod-Shift-z", run: run(() => undos.redo()), preventDefault: true },
    ]),
    ViewPlugin.define((view) => {
      const receive = (event: YTextEvent, { origin }: { origin: unknown }) => {
        if (origin !== own) view.dispatch({ changes: changesOf(event.delta), annotations: received });
      };
      text.observe(receive);
      return {
        update({ transactions }) {
          for (const made of transactions) {
            if (made.docChanged && !made.annotation(fromShared)) writeChanges(text, made.changes, own);
          }
        },
        destroy() {
          text.unobserve(receive);
          undos.destroy();
        },
      };
    }),
  ];
}

const received = [fromShared.of(true), Transaction.remote.of(true)];

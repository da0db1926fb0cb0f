import { SharedFiling } from "@onrecord/filing/binding/shared-filing";
import { SharedUndo } from "@onrecord/filing/binding/undo";
import { filingField } from "@onrecord/filing/extensions";
import { Extension } from "@tiptap/core";
import type { Awareness } from "y-protocols/awareness";
import type { Doc } from "yjs";
import { renderCaret, selectionOf } from "./caret.js";
import { sharedCarets } from "./shared-carets.js";

interface Options {
  readonly doc: Doc;
  readonly awareness: Awareness;
}

declare module "@tiptap/core" {
  interface Commands<ReturnType> {
    sharedEditing: {
      /** Takes back what I did last; what colleagues wrote stays. */
      undo: () => ReturnType;
      /** Does again what I took back. */
      redo: () => ReturnType;
    };
  }
}

/** Binds the editor to the shared filing: its text, an undo of one's own, and colleagues' carets. */
export const SharedEditing = Extension.create<
  Options,
  { binding: SharedFiling | null; undo: SharedUndo | null }
>({
  name: "sharedEditing",
  priority: 1000,
  addStorage: () => ({ binding: null, undo: null }),
  addProseMirrorPlugins() {
    const { doc, awareness } = this.options;
    const binding = new SharedFiling(doc.getXmlFragment(filingField), this.editor.schema);
    const undo = new SharedUndo(binding);
    Object.assign(this.storage, { binding, undo });
    const look = { caret: renderCaret, selection: selectionOf };
    return [binding.plugin, undo.plugin, sharedCarets(binding, awareness, look)];
  },
  addCommands() {
    const { storage } = this;
    // What the shared document answers comes in a transaction of its own: the command's is not wanted.
    return {
      undo:
        () =>
        ({ tr, dispatch }) => {
          tr.setMeta("preventDispatch", true);
          if (!storage.undo?.canUndo) return false;
          if (dispatch) storage.undo.undo();
          return true;
        },
      redo:
        () =>
        ({ tr, dispatch }) => {
          tr.setMeta("preventDispatch", true);
          if (!storage.undo?.canRedo) return false;
          if (dispatch) storage.undo.redo();
          return true;
        },
    };
  },
  addKeyboardShortcuts() {
    return {
      "Mod-z": () => this.editor.commands.undo(),
      "Mod-y": () => this.editor.commands.redo(),
      "Shift-Mod-z": () => this.editor.commands.redo(),
    };
  },
});

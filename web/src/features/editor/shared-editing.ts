import { foreignGuard } from "@onrecord/filing/binding/foreign-guard";
import { SharedFiling } from "@onrecord/filing/binding/shared-filing";
import { SharedUndo } from "@onrecord/filing/binding/undo";
import { filingField } from "@onrecord/filing/extensions";
import { Extension } from "@tiptap/core";
import type { Awareness } from "y-protocols/awareness";
import {
  AbstractType,
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromJSON,
  type Doc,
} from "yjs";
import { renderCaret, selectionOf } from "./caret.js";
import { sharedCarets } from "./shared-carets.js";

interface Options {
  readonly doc: Doc;
  readonly awareness: Awareness;
  /** Whether the page hears of what colleagues write. */
  readonly isOnline: () => boolean;
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
    const { doc, awareness, isOnline } = this.options;
    const binding = new SharedFiling(doc.getXmlFragment(filingField), this.editor.schema);
    const undo = new SharedUndo(binding, (type) => !isOnline() || hasCaret(type, awareness));
    Object.assign(this.storage, { binding, undo });
    const look = { caret: renderCaret, selection: selectionOf };
    return [foreignGuard(), binding.plugin, undo.plugin, sharedCarets(binding, awareness, look)];
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

/** Whether a colleague's caret stands in a shared type. */
function hasCaret(type: unknown, awareness: Awareness): boolean {
  for (const [client, { cursor }] of awareness.getStates()) {
    if (client === awareness.clientID) continue;
    for (let at: unknown = typeAt(cursor, awareness.doc); at instanceof AbstractType; at = at.parent)
      if (at === type) return true;
  }
  return false;
}

/** What a colleague's program says of its caret may be anything. */
function typeAt(cursor: unknown, doc: Doc): unknown {
  if (typeof cursor !== "object" || cursor === null || !("head" in cursor)) return null;
  try {
    return (
      createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(cursor.head), doc)?.type ??
      null
    );
  } catch {
    return null;
  }
}

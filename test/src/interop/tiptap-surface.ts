import type { Editor } from "@tiptap/core";
import { type Mount, textsOf } from "./in-dom.js";

/** An editor of TipTap as the person at it uses it, whatever binds it to the shared document; `carets` finds the names at others' carets. */
export function surfaceOf(editor: Editor, element: HTMLElement, carets: string): ReturnType<Mount> {
  return {
    type: (words, where) =>
      void editor
        .chain()
        .setTextSelection(where === "start" ? 0 : editor.state.doc.content.size)
        .insertContent(words)
        .run(),
    embolden: () => void editor.chain().selectAll().setBold().run(),
    undo: () => void editor.commands.undo(),
    focus: () => {
      editor.view.focus();
      editor.commands.setTextSelection(editor.state.doc.content.size);
    },
    shown: () => editor.getHTML(),
    html: () => editor.getHTML(),
    words: () => editor.getText(),
    carets: () => textsOf(element, carets),
    destroy: () => editor.destroy(),
  };
}

import "./dom.js";
import { filingExtensions } from "@onrecord/filing/extensions";
import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import { describeCoEditing } from "./co-editing.js";
import { inDom, textsOf } from "./in-dom.js";

const tiptap = inDom({
  name: "TipTap",
  kind: "FILING",
  formats: true,
  mount: (element, provider, user) => {
    const editor = new Editor({
      element,
      extensions: [
        ...filingExtensions,
        Collaboration.configure({ document: provider.doc }),
        CollaborationCaret.configure({ provider, user }),
      ],
    });
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
      carets: () => textsOf(element, ".collaboration-carets__label"),
      destroy: () => editor.destroy(),
    };
  },
});

describeCoEditing(tiptap);

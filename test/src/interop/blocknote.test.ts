import "./dom.js";
import { BlockNoteEditor } from "@blocknote/core";
import { describeCoEditing } from "./co-editing.js";
import { inDom, textsOf } from "./in-dom.js";

const blocknote = inDom({
  name: "BlockNote",
  kind: "FILING",
  formats: true,
  mount: (host, provider, user) => {
    const fragment = provider.doc.getXmlFragment("default");
    const editor = BlockNoteEditor.create({
      collaboration: { fragment, provider, user, showCursorLabels: "always" },
    });
    editor.mount(host);
    const edge = (where: "start" | "end") => {
      const block = editor.document.at(where === "start" ? 0 : -1)!;
      editor.setTextCursorPosition(block, where);
    };
    return {
      type: (words, where) => {
        edge(where);
        editor.insertInlineContent(words);
      },
      embolden: () => {
        editor._tiptapEditor.commands.selectAll();
        editor.addStyles({ bold: true });
      },
      undo: () => void editor.undo(),
      focus: () => {
        editor.focus();
        edge("end");
      },
      shown: () => JSON.stringify(editor.document),
      words: () =>
        editor.prosemirrorState.doc.textBetween(0, editor.prosemirrorState.doc.content.size, "\n\n"),
      carets: () => textsOf(host, ".bn-collaboration-cursor__label"),
      destroy: () => editor.unmount(),
    };
  },
});

describeCoEditing(blocknote);

import "./dom.js";
import Quill from "quill";
import QuillCursors from "quill-cursors";
import { QuillBinding } from "y-quill";
import { describeCoEditing } from "./co-editing.js";
import { inDom, textsOf } from "./in-dom.js";

Quill.register("modules/cursors", QuillCursors);

const quill = inDom({
  name: "Quill",
  kind: "TEXT",
  formats: true,
  mount: (host, { doc, awareness }, user) => {
    awareness.setLocalStateField("user", user);
    const quill = new Quill(host, { modules: { cursors: true, history: { userOnly: true } } });
    const binding = new QuillBinding(doc.getText("content"), quill, awareness);
    // Quill always ends with a line feed.
    const end = () => quill.getLength() - 1;
    return {
      type: (words, where) => void quill.insertText(where === "start" ? 0 : end(), words, "user"),
      embolden: () => void quill.formatText(0, end(), { bold: true }, "user"),
      undo: () => quill.history.undo(),
      focus: () => quill.setSelection(end(), 0, "user"),
      shown: () => JSON.stringify(quill.getContents()),
      words: () => quill.getText(0, end()),
      carets: () => textsOf(host, ".ql-cursor-name"),
      destroy: () => binding.destroy(),
    };
  },
});

describeCoEditing(quill);

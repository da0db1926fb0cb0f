import "./dom.js";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { yCollab } from "y-codemirror.next";
import * as Y from "yjs";
import { describeCoEditing } from "./co-editing.js";
import { inDom, textsOf } from "./in-dom.js";

const codemirror = inDom({
  name: "CodeMirror 6",
  kind: "TEXT",
  formats: false,
  mount: (parent, { doc, awareness }, user) => {
    const text = doc.getText("content");
    const undoManager = new Y.UndoManager(text);
    awareness.setLocalStateField("user", user);
    const state = EditorState.create({
      doc: text.toString(),
      extensions: [yCollab(text, awareness, { undoManager })],
    });
    const view = new EditorView({ state, parent });
    const end = () => view.state.doc.length;
    return {
      type: (insert, where) =>
        view.dispatch({ changes: { from: where === "start" ? 0 : end(), insert }, userEvent: "input.type" }),
      undo: () => void undoManager.undo(),
      focus: () => {
        view.focus();
        view.dispatch({ selection: { anchor: end() } });
      },
      shown: () => view.state.doc.toString(),
      words: () => view.state.doc.toString(),
      carets: () => textsOf(parent, ".cm-ySelectionInfo"),
      destroy: () => view.destroy(),
    };
  },
});

describeCoEditing(codemirror);

import "./dom.js";
import { EditorState, TextSelection } from "@tiptap/pm/state";
import { EditorView } from "@tiptap/pm/view";
import { schema } from "prosemirror-schema-basic";
import { initProseMirrorDoc, undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import { describeCoEditing } from "./co-editing.js";
import { inDom, textsOf } from "./in-dom.js";

const prosemirror = inDom({
  name: "ProseMirror",
  kind: "FILING",
  formats: true,
  mount: (host, { doc, awareness }, user) => {
    awareness.setLocalStateField("user", user);
    const fragment = doc.getXmlFragment("default");
    const { doc: initial, mapping } = initProseMirrorDoc(fragment, schema);
    const plugins = [ySyncPlugin(fragment, { mapping }), yCursorPlugin(awareness), yUndoPlugin()];
    const view = new EditorView(host, { state: EditorState.create({ doc: initial, plugins }) });
    const edge = (where: "start" | "end") =>
      where === "start" ? TextSelection.atStart(view.state.doc) : TextSelection.atEnd(view.state.doc);
    return {
      type: (words, where) => view.dispatch(view.state.tr.setSelection(edge(where)).insertText(words)),
      embolden: () =>
        view.dispatch(view.state.tr.addMark(0, view.state.doc.content.size, schema.mark("strong"))),
      undo: () => void undo(view.state),
      focus: () => {
        view.focus();
        view.dispatch(view.state.tr.setSelection(edge("end")));
      },
      shown: () => JSON.stringify(view.state.doc),
      words: () => view.state.doc.textBetween(0, view.state.doc.content.size, "\n\n"),
      carets: () => textsOf(host, ".ProseMirror-yjs-cursor > div"),
      destroy: () => view.destroy(),
    };
  },
});

describeCoEditing(prosemirror);

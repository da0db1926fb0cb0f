import "./dom.js";
import { filingExtensions } from "@onrecord/filing/extensions";
import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import { describeCoEditing } from "./co-editing.js";
import { inDom } from "./in-dom.js";
import { surfaceOf } from "./tiptap-surface.js";

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
    return surfaceOf(editor, element, ".collaboration-carets__label");
  },
});

describeCoEditing(tiptap);

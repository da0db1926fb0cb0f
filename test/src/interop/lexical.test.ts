import "./dom.js";
import { registerRichText } from "@lexical/rich-text";
import {
  createUndoManager,
  createYjsBinding,
  initLocalState,
  type Provider,
  setLocalStateFocus,
  syncCursorPositions,
  syncLexicalUpdateToYjs,
  syncYjsChangesToLexical,
} from "@lexical/yjs";
import { $createParagraphNode, $getRoot, createEditor } from "lexical";
import { describeCoEditing } from "./co-editing.js";
import { inDom, textsOf } from "./in-dom.js";

const lexical = inDom({
  name: "Lexical",
  kind: "FILING",
  formats: true,
  mount: (host, stock, user) => {
    const { doc, awareness } = stock;
    // What Lexical calls a provider has its own kind of presence states; the stock one carries any.
    const provider = stock as typeof stock & Provider;
    const root = host.appendChild(document.createElement("div"));
    const carets = host.appendChild(document.createElement("div"));
    root.contentEditable = "true";
    // Without a layout nothing has an offset parent, and then Lexical draws no caret.
    Object.defineProperty(carets, "offsetParent", { value: host });
    const editor = createEditor({
      theme: { collaboration: { cursorName: "name" } },
      onError: (error) => {
        throw error;
      },
    });
    editor.setRootElement(root);
    registerRichText(editor);
    const binding = createYjsBinding({
      editor,
      id: "main",
      doc,
      docMap: new Map([["main", doc]]),
      rootName: "default",
    });
    binding.cursorsContainer = carets;
    const shared = binding.root.getSharedType();
    const undoManager = createUndoManager(binding, shared);
    shared.observeDeep((events, { origin }) => {
      if (origin !== binding) syncYjsChangesToLexical(binding, provider, events, origin === undoManager);
    });
    editor.registerUpdateListener(
      ({ prevEditorState, editorState, dirtyElements, dirtyLeaves, normalizedNodes, tags }) => {
        if (!tags.has("skip-collab"))
          syncLexicalUpdateToYjs(
            binding,
            provider,
            prevEditorState,
            editorState,
            dirtyElements,
            dirtyLeaves,
            normalizedNodes,
            tags,
          );
      },
    );
    initLocalState(provider, user.name, user.color, false, {});
    awareness.on("update", () => syncCursorPositions(binding, provider));
    const change = (how: () => void) => editor.update(how, { discrete: true });
    return {
      type: (words, where) =>
        change(() => {
          if ($getRoot().isEmpty()) $getRoot().append($createParagraphNode());
          const at = where === "start" ? $getRoot().selectStart() : $getRoot().selectEnd();
          at.insertText(words);
        }),
      embolden: () =>
        change(() => {
          for (const text of $getRoot().getAllTextNodes()) text.setFormat("bold");
        }),
      undo: () => void undoManager.undo(),
      focus: () => {
        root.focus();
        setLocalStateFocus(provider, user.name, user.color, true, {});
        change(() => void $getRoot().selectEnd());
      },
      shown: () => JSON.stringify(editor.getEditorState()),
      words: () => editor.getEditorState().read(() => $getRoot().getTextContent()),
      carets: () => textsOf(carets, ".name"),
      destroy: () => editor.setRootElement(null),
    };
  },
});

describeCoEditing(lexical);

import { filingField } from "@onrecord/filing/extensions";
import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import { type ProsemirrorBinding, ySyncPluginKey } from "@tiptap/y-tiptap";
import { type RefObject, useEffect, useState } from "react";
import type { CollabSession } from "../collab/collab-session.js";
import { mayWriteNow, useOf } from "../collab/use-collab.js";
import { renderCaret, selectionOf } from "./caret.js";
import { KeptMapping } from "./kept-mapping.js";
import { pageExtensions } from "./page-extensions.js";
import { Quiet } from "./quiet.js";

/** The editor of a filing, made once the document was received and kept for as long as the session lives. */
export function useFilingEditor(
  session: CollabSession,
  host: RefObject<HTMLDivElement | null>,
  label: string,
): Editor | null {
  const synced = useOf(session, (one) => one.synced);
  const mayWrite = useOf(session, mayWriteNow);
  const [editor, setEditor] = useState<Editor | null>(null);

  useEffect(() => {
    if (!synced || host.current === null) return;
    const element = host.current;
    let made: Editor | null = null;
    // A large filing takes a moment to lay out: let the page paint its "opening" first.
    const timer = setTimeout(() => {
      made = makeEditor(session, element);
      setEditor(made);
    });
    return () => {
      clearTimeout(timer);
      setEditor(null);
      made?.destroy();
    };
  }, [session, synced, host]);

  useEffect(() => {
    editor?.setEditable(mayWrite, false);
  }, [editor, mayWrite]);

  useEffect(() => {
    const dom = editor?.view.dom;
    dom?.setAttribute("aria-label", label);
    dom?.setAttribute("aria-readonly", String(!mayWrite));
  }, [editor, label, mayWrite]);

  return editor;
}

function makeEditor(session: CollabSession, element: HTMLElement): Editor {
  const editor = new Editor({
    element,
    editable: false,
    injectCSS: false,
    extensions: [
      ...pageExtensions,
      Quiet,
      Collaboration.configure({
        document: session.doc,
        field: filingField,
        ySyncOptions: { mapping: new KeptMapping() },
      }),
      CollaborationCaret.configure({
        provider: session.provider,
        user: { ...session.person },
        render: renderCaret,
        selectionRender: selectionOf,
      }),
    ],
    editorProps: {
      attributes: {
        class: "filing",
        role: "textbox",
        "aria-multiline": "true",
        spellcheck: "true",
        translate: "no",
      },
    },
  });
  // With a mapping of our own the binding leaves the first drawing to us.
  bindingOf(editor)._forceRerender();
  return editor;
}

function bindingOf(editor: Editor): ProsemirrorBinding {
  const state: { binding: ProsemirrorBinding } = ySyncPluginKey.getState(editor.state);
  return state.binding;
}

import { SharedFiling } from "@onrecord/filing/binding/shared-filing";
import { Editor } from "@tiptap/core";
import { type RefObject, useEffect, useState } from "react";
import type { CollabSession } from "../../collab/collab-session.js";
import { mayWriteNow, useOf } from "../../collab/use-collab.js";
import { CaretMoves } from "./caret-moves.js";
import { CleanPaste } from "./clean-paste.js";
import { isFree } from "./focus-text.js";
import { pageExtensions } from "./page-extensions.js";
import { Quiet } from "./quiet.js";
import { SharedEditing } from "./shared-editing.js";

/** The editor of a filing, made once the document was received and kept for as long as the session lives. `canWrite`: the page can show what it would write into. */
export function useFilingEditor(
  session: CollabSession,
  host: RefObject<HTMLDivElement | null>,
  label: string,
  canWrite: boolean,
): Editor | null {
  const synced = useOf(session, (one) => one.synced);
  const mayWrite = useOf(session, mayWriteNow) && canWrite;
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

  // A filing that nothing stands in is there to be written: whoever opens it begins at once.
  useEffect(() => {
    if (editor === null || !mayWrite || !editor.isEmpty || !isFree()) return;
    editor.commands.focus("start", { scrollIntoView: false });
  }, [editor, mayWrite]);

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
      CleanPaste,
      CaretMoves,
      SharedEditing.configure({
        doc: session.doc,
        awareness: session.awareness,
        isOnline: () => session.saved.link === "open",
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
  SharedFiling.of(editor.state)?.start(editor.view);
  return editor;
}

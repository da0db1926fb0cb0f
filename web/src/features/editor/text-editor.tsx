import { textField } from "@onrecord/filing/extensions";
import { useEffect, useRef, useState } from "react";
import type { CollabSession } from "../../collab/collab-session.js";
import { mayWriteNow, useOf } from "../../collab/use-collab.js";
import { useLocale } from "../../i18n/locale.js";
import { Elsewhere, useElsewhere } from "./elsewhere.js";
import { isFree } from "./focus-text.js";
import { OpeningPage } from "./opening-page.js";
import { makeTextView, type TextView } from "./text-view.js";
import "./filing.css";
import "./text.css";

/** A plain text on its paper, edited live. */
export function TextEditor({ session, title }: { session: CollabSession; title: string }) {
  const { messages } = useLocale();
  const host = useRef<HTMLDivElement>(null);
  const [text, setText] = useState<TextView | null>(null);
  const synced = useOf(session, (one) => one.synced);
  const elsewhere = useElsewhere(session, textField);
  const mayWrite = useOf(session, mayWriteNow) && elsewhere === null;
  const label = messages.filing.editorLabel(title);

  useEffect(() => {
    if (!synced || host.current === null) return;
    const made = makeTextView(host.current, session.doc.getText(textField), session.awareness);
    setText(made);
    return () => {
      setText(null);
      made.view.destroy();
    };
  }, [session, synced]);

  useEffect(() => text?.setWritable(mayWrite, label), [text, mayWrite, label]);
  // As in a filing: what nothing stands in is there to be written.
  useEffect(() => {
    if (mayWrite && text !== null && text.view.state.doc.length === 0 && isFree()) text.view.focus();
  }, [text, mayWrite]);

  return (
    <div className="paper text-paper" ref={host}>
      {text === null ? <OpeningPage /> : null}
      {elsewhere === null ? null : <Elsewhere roots={elsewhere} />}
    </div>
  );
}

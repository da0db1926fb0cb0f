import { filingField } from "@onrecord/filing/extensions";
import { type CSSProperties, useRef } from "react";
import { createPortal } from "react-dom";
import type { CollabSession } from "../../collab/collab-session.js";
import { mayWriteNow, useOf } from "../../collab/use-collab.js";
import { useLocale } from "../../i18n/locale.js";
import "./filing.css";
import { Elsewhere, useElsewhere } from "./elsewhere.js";
import { OpeningPage } from "./opening-page.js";
import { Toolbar } from "./toolbar.js";
import { useFilingEditor } from "./use-filing-editor.js";

interface EditorProps {
  readonly session: CollabSession;
  readonly title: string;
  /** Where the toolbar goes: above the scrolling desk, so that it stays. */
  readonly toolbar: HTMLElement | null;
}

/** A filing on its paper, edited live. */
export function FilingEditor({ session, title, toolbar }: EditorProps) {
  const { messages } = useLocale();
  const host = useRef<HTMLDivElement>(null);
  const elsewhere = useElsewhere(session, filingField);
  const editor = useFilingEditor(session, host, messages.filing.editorLabel(title), elsewhere === null);
  const mayWrite = useOf(session, ({ saved }) => saved.access === "edit");
  const writable = useOf(session, mayWriteNow) && elsewhere === null;
  const note = { "--foreign-note": JSON.stringify(messages.filing.foreign) } as CSSProperties;
  return (
    <>
      {editor && toolbar && mayWrite
        ? createPortal(<Toolbar editor={editor} disabled={!writable} />, toolbar)
        : null}
      <div
        className="paper"
        data-empty-hint={mayWrite && elsewhere === null ? messages.filing.emptyPlaceholder : ""}
        style={note}
        ref={host}
      >
        {editor === null ? <OpeningPage /> : null}
        {elsewhere === null ? null : <Elsewhere roots={elsewhere} />}
      </div>
    </>
  );
}

import { standardKeymap } from "@codemirror/commands";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import type { Text } from "yjs";
import { HeldChanges } from "./held-changes.js";
import { sharedText } from "./shared-text.js";
import { textCarets } from "./text-carets.js";
import { readText } from "./text-changes.js";

/** A plain-text view bound to a shared text, which can be opened for writing and closed again. */
export interface TextView {
  readonly view: EditorView;
  setWritable(mayWrite: boolean, label: string): void;
}

/** Makes the view: only what is in sight is in the page, so long texts stay quick. */
export function makeTextView(parent: HTMLElement, text: Text, awareness: Awareness): TextView {
  const rights = new Compartment();
  const held = new HeldChanges();
  let writable = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: readText(text),
      extensions: [
        sharedText(text, held, () => writable),
        textCarets(text, held, awareness),
        keymap.of(standardKeymap),
        drawSelection(),
        EditorView.lineWrapping,
        // What turns a line around is shown as a sign, so that nothing reads otherwise than it stands there.
        highlightSpecialChars({ specialChars: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g }),
        // A shared text keeps the carriage returns that other editors have put there: only a line feed ends a line here.
        EditorState.lineSeparator.of("\n"),
        rights.of(attributes(false, "")),
      ],
    }),
  });
  return {
    view,
    setWritable(mayWrite, label) {
      writable = mayWrite;
      view.dispatch({ effects: rights.reconfigure(attributes(mayWrite, label)) });
    },
  };
}

function attributes(mayWrite: boolean, label: string) {
  return [
    EditorState.readOnly.of(!mayWrite),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-readonly": String(!mayWrite),
      spellcheck: "true",
      translate: "no",
    }),
  ];
}

import { EditorState, type Extension, type Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

const RETURNS = /\r\n?/g;

/**
 * Every line end that is put in here becomes a line feed, as it is for everybody else: what is pasted, dropped, or typed by whatever means.
 * Carriage returns that are in the shared text already stay.
 */
export function lineFeedsOnly(isOurs: (made: Transaction) => boolean): Extension {
  return [
    EditorView.clipboardInputFilter.of((text) => text.replace(RETURNS, "\n")),
    EditorState.transactionFilter.of((made) => {
      if (!made.docChanged || !isOurs(made)) return made;
      const changes: { from: number; to: number; insert: string }[] = [];
      made.changes.iterChanges((_fromA, _toA, from, to, inserted) => {
        if (!inserted.toString().includes("\r")) return;
        for (const { 0: found, index } of made.newDoc.sliceString(from, to, "\n").matchAll(RETURNS))
          changes.push({ from: from + index, to: from + index + found.length, insert: "\n" });
      });
      return changes.length === 0 ? made : [made, { changes, sequential: true }];
    }),
  ];
}

import { Fragment, Slice } from "@tiptap/pm/model";
import type { EditorState } from "@tiptap/pm/state";
import { findTable, fixTables } from "@tiptap/pm/tables";

/**
 * Makes the table under the cursor regular: rows that are short get empty cells at their end, spans that reach out of it end where it
 * does. To be called on the state of a command that changes the table's shape, in whose transaction it is made: the commands count on
 * regular tables. So it is made once, by whoever changes the table, and is theirs on the record.
 */
export function repairTable(state: EditorState): void {
  const table = findTable(state.selection.$from);
  if (!table) return;
  const { pos, node } = table;
  const blank = new Slice(Fragment.from(node.type.create()), 0, 0);
  // What it compares with has no such table, so only this one is looked at.
  fixTables(state, { doc: state.doc.replace(pos, pos + node.nodeSize, blank) } as EditorState);
}

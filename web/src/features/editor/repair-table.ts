import { repairedTable } from "@onrecord/filing/repair-table";
import type { EditorState, Transaction } from "@tiptap/pm/state";
import { findTable } from "@tiptap/pm/tables";

/**
 * Makes the table under the cursor regular, in the transaction of a command that changes its shape and counts on that. So it is done
 * once, by whoever changes the table, and is theirs on the record. False for a table that cannot be repaired: the command is not for it.
 */
export function repairTable(transaction: Transaction, state: EditorState): boolean {
  const found = findTable(state.selection.$from);
  if (!found) return true;
  const { node: table, start } = found;
  const repaired = repairedTable(table);
  if (repaired === null || repaired === table) return repaired === table;
  // From the end, so that what is before keeps its place; cells are only added behind others, so that the cursor stays.
  const rows = table.children.map((row, index) => ({ row, become: repaired.child(index) }));
  let end = start + table.content.size;
  for (const { row, become } of rows.reverse()) {
    const begin = end - row.nodeSize;
    if (become.childCount > row.childCount)
      transaction.insert(end - 1, become.children.slice(row.childCount));
    row.forEach((cell, offset, index) => {
      const attrs = become.child(index).attrs;
      if (attrs !== cell.attrs) transaction.setNodeMarkup(begin + 1 + offset, null, attrs);
    });
    end = begin;
  }
  // The state of a command follows its transaction only when it is asked for that.
  void state.tr;
  return true;
}

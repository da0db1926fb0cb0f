import { isShared } from "@onrecord/filing/binding/shared-filing";
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey, type Transaction } from "@tiptap/pm/state";
import { fixTablesKey } from "@tiptap/pm/tables";

/**
 * Opening or watching a filing never changes it: a change of the document comes from the shared text or from the person's own hand.
 * What plugins append to something else (a caret that moves, a colleague's change) would be recorded as an edit by whoever looks. The
 * repair of ragged tables is never appended: every open page would make it, each in its person's name, and each once more. Who changes
 * the shape of a table makes it first (`table-menu.tsx`).
 */
export const Quiet = Extension.create({
  name: "quiet",
  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey("quiet"),
        filterTransaction: (transaction) => {
          if (!transaction.docChanged || isShared(transaction)) return true;
          const cause: unknown = transaction.getMeta("appendedTransaction");
          if (!isTransaction(cause)) return this.editor.isEditable;
          if (transaction.getMeta(fixTablesKey) !== undefined) return false;
          return cause.docChanged && !isShared(cause) && this.editor.isEditable;
        },
      }),
    ];
  },
});

function isTransaction(value: unknown): value is Transaction {
  return typeof value === "object" && value !== null && "getMeta" in value;
}

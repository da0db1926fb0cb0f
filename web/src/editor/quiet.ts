import { Extension } from "@tiptap/core";
import { Plugin, PluginKey, type Transaction } from "@tiptap/pm/state";
import { ySyncPluginKey } from "@tiptap/y-tiptap";

/**
 * Opening or watching a filing never changes it: a change of the document comes from the shared text or from the
 * person's own hand. Repairs that plugins append to what others did (a ragged table, say) would be recorded as an edit
 * by whoever looks, and in a viewer's page would be refused.
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
          if (isTransaction(cause) && isShared(cause)) return false;
          return this.editor.isEditable;
        },
      }),
    ];
  },
});

function isShared(transaction: Transaction): boolean {
  return transaction.getMeta(ySyncPluginKey) !== undefined;
}

function isTransaction(value: unknown): value is Transaction {
  return typeof value === "object" && value !== null && "getMeta" in value;
}

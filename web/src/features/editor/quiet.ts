import { isShared } from "@onrecord/filing/binding/shared-filing";
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey, type Transaction } from "@tiptap/pm/state";
import { fixTablesKey } from "@tiptap/pm/tables";

/**
 * Opening or watching a filing never changes it: a change of the document comes from the shared text or from the person's own hand.
 * What plugins append to something else (a caret that moves, a colleague's change) would be recorded as an edit by whoever looks. The
 * repair of ragged tables is never appended: every open page would make it, each in its person's name, and each once more. Who changes
 * the shape of a table makes it first (`repair-table.ts`).
 */
export const Quiet = Extension.create({
  name: "quiet",
  addProseMirrorPlugins() {
    let dispatched: Transaction | null = null;
    return [
      new Plugin({
        key: new PluginKey("quiet"),
        filterTransaction: (transaction, state) => {
          // What plugins append is offered on a state that the view has not got yet.
          const appended = state !== this.editor.state;
          if (!appended) dispatched = transaction;
          if (!transaction.docChanged || isShared(transaction)) return true;
          if (!this.editor.isEditable) return false;
          if (!appended) return true;
          const ofThePerson = dispatched?.docChanged === true && !isShared(dispatched);
          return ofThePerson && transaction.getMeta(fixTablesKey) === undefined;
        },
      }),
    ];
  },
});

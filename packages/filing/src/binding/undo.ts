import { Plugin, PluginKey } from "@tiptap/pm/state";
import * as Y from "yjs";
import { isShared, type SharedFiling, type SharedSelection } from "./shared-filing.js";

/** Under which a step of the history keeps where the selection was before it. */
const selection = Symbol("selection");

/** What a person may take back of what they wrote; what others wrote stays. */
export class SharedUndo {
  readonly manager: Y.UndoManager;
  #before: SharedSelection | null = null;

  /**
   * `isInUse`: whether a colleague may be writing in an element of mine, or have written what has not come yet. It is emptied then, and
   * stays.
   */
  constructor(
    private readonly binding: SharedFiling,
    isInUse: (type: Y.XmlFragment | Y.Text) => boolean = () => false,
  ) {
    this.manager = new Y.UndoManager(binding.root, {
      trackedOrigins: new Set([binding]),
      deleteFilter: (item) => mayGo(item, isInUse),
    });
    this.manager.on("stack-item-added", ({ stackItem }: { stackItem: { meta: Map<unknown, unknown> } }) => {
      if (!stackItem.meta.has(selection)) stackItem.meta.set(selection, this.#before);
    });
  }

  /** The plugin of the editor that notes where the selection is before a change. */
  get plugin(): Plugin {
    return new Plugin({
      key: new PluginKey("shared-undo"),
      view: () => ({ destroy: () => this.manager.destroy() }),
      filterTransaction: (transaction, state) => {
        if (transaction.docChanged && !isShared(transaction)) this.#before = this.binding.place(state);
        return true;
      },
    });
  }

  get canUndo(): boolean {
    return this.manager.undoStack.length > 0;
  }

  get canRedo(): boolean {
    return this.manager.redoStack.length > 0;
  }

  undo(): void {
    this.#goTo(this.manager.undo());
  }

  redo(): void {
    this.#goTo(this.manager.redo());
  }

  #goTo(item: { readonly meta: ReadonlyMap<unknown, unknown> } | null): void {
    const place = item?.meta.get(selection);
    if (place) this.binding.select(place as SharedSelection);
  }
}

/** A paragraph or a table that I made stays when a colleague has written into it: it would take their words along. */
function mayGo({ content }: Y.Item, isInUse: (type: Y.XmlFragment | Y.Text) => boolean): boolean {
  const type: unknown = content instanceof Y.ContentType ? content.type : null;
  if (!(type instanceof Y.XmlFragment || type instanceof Y.Text)) return true;
  return type.length === 0 && !isInUse(type);
}

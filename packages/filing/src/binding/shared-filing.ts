import { type Node, type ResolvedPos, Slice } from "@tiptap/pm/model";
import {
  type EditorState,
  Plugin,
  PluginKey,
  Selection,
  TextSelection,
  type Transaction,
} from "@tiptap/pm/state";
import { ReplaceStep } from "@tiptap/pm/transform";
import type { EditorView } from "@tiptap/pm/view";
import * as Y from "yjs";
import { HeldLine } from "./held-line.js";
import { placeIn, positionOf, type SharedPosition } from "./positions.js";
import { bringTo } from "./steps.js";
import { type Slot, Views } from "./views.js";
import { write } from "./write.js";

const key = new PluginKey<SharedFiling>("shared-filing");

/** A selection as places in the shared document. */
export interface SharedSelection {
  readonly anchor: SharedPosition;
  readonly head: SharedPosition;
}

/** A while after a composition has ended the view still reads its text from the page. */
const AFTER_COMPOSITION_MS = 60;

/**
 * Binds an editor's view to a filing in a Yjs document. What comes from the shared document is shown and never written back; what the
 * person changes in the editor is written, and nothing besides. Opening and looking never write.
 */
export class SharedFiling {
  readonly views: Views;
  #view: EditorView | null = null;
  /** The document of the view, as it was last brought together with the shared one. */
  #shown: Node | null = null;
  #held: HeldLine | null = null;
  /** Where the selection was when the transaction under way began. */
  #selection: SharedSelection | null = null;

  constructor(
    readonly root: Y.XmlFragment,
    schema: Node["type"]["schema"],
  ) {
    this.views = new Views(root, schema);
  }

  /** The binding of an editor. */
  static of(state: EditorState): SharedFiling | undefined {
    return key.getState(state);
  }

  /** The plugin of the editor that keeps the binding; `start` begins. */
  get plugin(): Plugin<SharedFiling> {
    return new Plugin<SharedFiling>({
      key,
      state: { init: () => this, apply: () => this },
      props: {
        handleKeyDown: (_, event) => {
          if (!event.isComposing) this.#releaseHeld();
          return false;
        },
        handleDOMEvents: {
          compositionend: () => this.#releaseSoon(),
          blur: () => this.#releaseSoon(),
        },
      },
      view: () => ({ update: () => this.#written(), destroy: () => this.stop() }),
    });
  }

  /** Shows the shared document in a view that has the plugin, and follows it from then on. */
  start(view: EditorView): void {
    this.#view = view;
    const { document } = this.views;
    const { tr } = view.state;
    tr.step(new ReplaceStep(0, tr.doc.content.size, new Slice(document.content, 0, 0)));
    this.#dispatch(tr.setSelection(Selection.atStart(tr.doc)));
    this.root.doc?.on("beforeTransaction", this.#before);
    this.root.observeDeep(this.#receive);
  }

  /** Lets go of the view. */
  stop(): void {
    if (this.#view === null) return;
    this.#view = null;
    this.root.doc?.off("beforeTransaction", this.#before);
    this.root.unobserveDeep(this.#receive);
  }

  /** Where a selection of the editor is in the shared document; null while that cannot be said. */
  place({ selection }: EditorState): SharedSelection | null {
    const anchor = this.#place(selection.$anchor);
    const head = this.#place(selection.$head);
    return anchor && head && { anchor, head };
  }

  #place($position: ResolvedPos): SharedPosition | null {
    const held = this.#held;
    if (held === null) return placeIn(this.views, this.root, $position.pos);
    return $position.parent === held.shown ? held.place(this.views, $position.parentOffset) : null;
  }

  /** Puts the selection where a shared one is now. */
  select({ anchor, head }: SharedSelection): void {
    const view = this.#view;
    if (view === null) return;
    const selection = this.#selectionIn(view.state.doc, anchor, head);
    if (selection) view.dispatch(view.state.tr.setSelection(selection).scrollIntoView());
  }

  readonly #before = ({ origin }: Y.Transaction) => {
    if (this.#view && origin !== this) this.#selection = this.place(this.#view.state);
  };

  readonly #receive = (events: Y.YEvent<Y.AbstractType<unknown>>[], { origin, changed }: Y.Transaction) => {
    if (origin === this || this.#view === null) return;
    this.#hold(events);
    for (const type of changed.keys()) this.views.forget(type);
    this.#show();
  };

  /** Brings the view to the shared document, but for a line that is held. */
  #show(): void {
    const view = this.#view;
    if (view === null) return;
    const next = this.#withHeld(this.views.document);
    const transaction = changeTo(view.state, next);
    if (!transaction.docChanged) return;
    this.#keepSelection(transaction, view.state);
    this.#dispatch(transaction);
    if (this.#held === null) adopt(this.views, this.root, view.state.doc);
  }

  #dispatch(transaction: Transaction): void {
    this.#shown = transaction.doc;
    this.#view?.dispatch(transaction.setMeta(key, "shared").setMeta("addToHistory", false));
  }

  /** The view has changed: what is not from the shared document goes there. */
  #written(): void {
    const view = this.#view;
    const old = this.#shown;
    if (view === null || old === null || view.state.doc === old) return;
    const next = view.state.doc;
    this.#shown = next;
    // What was read last may have been forgotten: to write, every element on the way must be known.
    void this.views.document;
    const held = this.#held;
    let copied = false;
    this.root.doc?.transact(() => {
      copied = write(this.views, old, next, (element, _, line, builder) => {
        if (held?.element !== element) return false;
        held.write(this.views, line, builder);
        return true;
      });
    }, this);
    if (held) this.views.forget(held.element);
    if (!copied) return;
    // The last place that was noted is that of another change.
    this.#selection = null;
    this.#show();
  }

  /** Holds the line in which the person composes when a colleague has written into it. */
  #hold(events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void {
    const view = this.#view;
    if (!view?.composing) {
      this.#held = null;
      return;
    }
    const composed = this.#held ?? this.#composed(view);
    const slots = composed && this.views.slotsOf(composed.element);
    if (!composed || !slots || !concerns(events, composed.element)) return;
    this.#held = composed.receive(events, slots) ? composed : null;
  }

  #composed({ state: { selection } }: EditorView): HeldLine | null {
    const line = selection.$head.parent;
    const inside = placeIn(this.views, this.root, selection.head);
    const id = inside.type ?? inside.item;
    const { doc } = this.root;
    if (!line.inlineContent || !id || !doc) return null;
    const found = Y.createAbsolutePositionFromRelativePosition(inside, doc)?.type;
    const element: unknown = found instanceof Y.Text ? found.parent : found;
    return element instanceof Y.XmlElement ? new HeldLine(element, line) : null;
  }

  #releaseSoon(): boolean {
    setTimeout(() => this.#releaseHeld(), AFTER_COMPOSITION_MS);
    return false;
  }

  #releaseHeld(): void {
    if (!this.#held || !this.#view || this.#view.composing) return;
    this.#selection = this.place(this.#view.state);
    this.#held = null;
    this.#show();
  }

  /** The shared document with the held line as the page shows it. */
  #withHeld(document: Node): Node {
    const held = this.#held;
    const path = held && pathOf(this.views, held.element);
    if (held && path) return replaced(document, path, held.shown);
    this.#held = null;
    return document;
  }

  #keepSelection(transaction: Transaction, { selection }: EditorState): void {
    const { mapping } = transaction;
    const kept = !mapping.mapResult(selection.anchor).deleted && !mapping.mapResult(selection.head).deleted;
    if (kept || this.#selection === null) return;
    const { anchor, head } = this.#selection;
    const restored = this.#selectionIn(transaction.doc, anchor, head);
    if (restored) transaction.setSelection(restored);
  }

  #selectionIn(document: Node, anchor: SharedPosition, head: SharedPosition): TextSelection | null {
    const places = [anchor, head].map((place) => positionOf(this.views, place));
    const [from, to] = [places[0] ?? places[1], places[1] ?? places[0]];
    if (typeof from !== "number" || typeof to !== "number") return null;
    const inside = (position: number) => document.resolve(Math.min(position, document.content.size));
    const selection = TextSelection.between(inside(from), inside(to));
    return selection instanceof TextSelection ? selection : null;
  }
}

/** Whether a transaction comes from the shared document. */
export function isShared(transaction: Transaction): boolean {
  return transaction.getMeta(key) !== undefined;
}

function changeTo(state: EditorState, next: Node): Transaction {
  const { tr } = state;
  try {
    bringTo(tr, next);
    return tr;
  } catch {
    // Steps that each change a part may pass through something that the schema forbids; one step for all of it does not.
    const whole = state.tr;
    return whole.step(new ReplaceStep(0, whole.doc.content.size, new Slice(next.content, 0, 0)));
  }
}

/** Keeps the view's own nodes for what was read, so that what stays the same is the same node also next time. */
function adopt(views: Views, element: Y.XmlFragment, node: Node): void {
  const view = views.known(element);
  if (!view?.slots || view.node === node) return;
  const before = view.node;
  let child = 0;
  for (const { value, size } of node.inlineContent ? [] : view.slots) {
    if (size === 0) continue;
    const at = child++;
    if (value instanceof Y.XmlElement && before.child(at) !== node.child(at))
      adopt(views, value, node.child(at));
  }
  views.keep(element, { node, slots: view.slots });
}

function concerns(events: readonly Y.YEvent<Y.AbstractType<unknown>>[], element: Y.XmlElement): boolean {
  return events.some(
    ({ target }) => (target as unknown) === element || (target.parent as unknown) === element,
  );
}

/** The indices by which an element is found in what is shown; null when it is not there. */
function pathOf(views: Views, element: Y.XmlFragment): number[] | null {
  if (element === views.root) return [];
  const parent: unknown = element.parent;
  if (!(parent instanceof Y.XmlFragment) || element._item?.deleted) return null;
  const path = pathOf(views, parent);
  const shown = (views.known(parent)?.slots ?? []).filter(({ size }: Slot) => size > 0);
  const index = shown.findIndex(({ value }) => value === element);
  return path === null || index < 0 ? null : [...path, index];
}

function replaced(node: Node, [index, ...rest]: readonly number[], by: Node): Node {
  if (index === undefined) return by;
  return node.copy(node.content.replaceChild(index, replaced(node.child(index), rest, by)));
}

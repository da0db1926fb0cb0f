import { type Extension, type Range, RangeSet } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import {
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromJSON,
  createRelativePositionFromTypeIndex,
  type Doc,
  type Text,
} from "yjs";
import type { CaretUser } from "../../collab/caret-colour.js";
import { renderCaret, selectionOf } from "./caret.js";
import type { HeldChanges } from "./held-changes.js";

/** Shows colleagues' carets and selections in a text view, and tells them where mine is. */
export function textCarets(text: Text, held: HeldChanges, awareness: Awareness): Extension {
  return ViewPlugin.define((view) => new Carets(view, text, held, awareness), {
    decorations: ({ shown }) => shown,
  });
}

class Carets {
  shown: DecorationSet = RangeSet.empty;

  constructor(
    private readonly view: EditorView,
    private readonly text: Text,
    private readonly held: HeldChanges,
    private readonly awareness: Awareness,
  ) {
    awareness.on("change", this.#redraw);
    this.shown = this.#draw(view.state.doc.length);
  }

  update(update: ViewUpdate): void {
    if (update.selectionSet || update.focusChanged || update.docChanged) this.#tell();
    this.shown = this.#draw(update.state.doc.length);
  }

  destroy(): void {
    this.awareness.off("change", this.#redraw);
    this.awareness.setLocalStateField("cursor", null);
  }

  readonly #redraw = ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>) => {
    const mine = this.awareness.clientID;
    if ([...added, ...updated, ...removed].some((client) => client !== mine)) this.view.dispatch({});
  };

  #tell(): void {
    const before: unknown = this.awareness.getLocalState()?.cursor ?? null;
    const { anchor, head } = this.view.state.selection.main;
    const place = (index: number) =>
      createRelativePositionFromTypeIndex(this.text, this.held.toShared(index));
    const now = this.view.hasFocus ? { anchor: place(anchor), head: place(head) } : null;
    if (JSON.stringify(before) !== JSON.stringify(now)) this.awareness.setLocalStateField("cursor", now);
  }

  #draw(length: number): DecorationSet {
    const ranges: Range<Decoration>[] = [];
    for (const [client, state] of this.awareness.getStates()) {
      if (client === this.awareness.clientID) continue;
      const place = placeOf(state.cursor, this.text);
      if (place === null) continue;
      const user: CaretUser = state.user ?? {};
      const shown = (index: number) => Math.min(this.held.toView(index), length);
      const [anchor, head] = [shown(place.anchor), shown(place.head)];
      if (anchor !== head) {
        ranges.push(
          Decoration.mark({ attributes: selectionOf(user) }).range(
            Math.min(anchor, head),
            Math.max(anchor, head),
          ),
        );
      }
      ranges.push(Decoration.widget({ widget: new CaretWidget(user), side: 1 }).range(head));
    }
    return Decoration.set(ranges, true);
  }
}

class CaretWidget extends WidgetType {
  constructor(private readonly user: CaretUser) {
    super();
  }

  override eq(other: CaretWidget): boolean {
    return (
      other.user.name === this.user.name &&
      other.user.id === this.user.id &&
      other.user.color === this.user.color
    );
  }

  toDOM(): HTMLElement {
    return renderCaret(this.user);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Where a colleague's browser says that its caret is; null for anything that is no place in this text. */
function placeOf(cursor: unknown, text: Text): { anchor: number; head: number } | null {
  if (typeof cursor !== "object" || cursor === null || !("anchor" in cursor) || !("head" in cursor))
    return null;
  const doc: Doc | null = text.doc;
  if (doc === null) return null;
  const index = (place: unknown) => {
    try {
      const found = createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(place), doc);
      return found?.type === text ? found.index : null;
    } catch {
      return null;
    }
  };
  const [anchor, head] = [index(cursor.anchor), index(cursor.head)];
  return anchor === null || head === null ? null : { anchor, head };
}

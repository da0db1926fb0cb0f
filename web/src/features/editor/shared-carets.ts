import { positionOf } from "@onrecord/filing/binding/positions";
import type { SharedFiling } from "@onrecord/filing/binding/shared-filing";
import type { Node } from "@tiptap/pm/model";
import { type EditorState, Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";
import type { Awareness } from "y-protocols/awareness";

/** How a colleague's caret and selection look. */
export interface CaretLook<User> {
  caret(user: User): HTMLElement;
  selection(user: User): { readonly class: string; readonly style: string };
}

/** What is typed carries the caret along on other pages: where it is need not be told with each key. */
const TELL_MS = 150;

const key = new PluginKey<DecorationSet>("shared-carets");

/** Shows where colleagues are, and tells them where I am, in the field and form that TipTap's editors use. */
export function sharedCarets<User extends object>(
  binding: SharedFiling,
  awareness: Awareness,
  look: CaretLook<User>,
): Plugin<DecorationSet> {
  const draw = (doc: Node) => {
    const shown: Decoration[] = [];
    for (const [client, state] of awareness.getStates())
      if (client !== awareness.clientID) shown.push(...decorationsOf(binding, doc, client, state, look));
    return DecorationSet.create(doc, shown);
  };
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_, { doc }) => draw(doc),
      apply: (transaction, shown) =>
        transaction.docChanged || transaction.getMeta(key) ? draw(transaction.doc) : shown,
    },
    props: { decorations: (state) => key.getState(state) },
    view: (view) => {
      const redraw = (changed: Record<"added" | "updated" | "removed", number[]>) => {
        const clients = [...changed.added, ...changed.updated, ...changed.removed];
        if (clients.some((client) => client !== awareness.clientID))
          view.dispatch(view.state.tr.setMeta(key, true));
      };
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tell = () => {
        clearTimeout(timer);
        timer = undefined;
        tellCaret(binding, awareness, view);
      };
      awareness.on("change", redraw);
      view.dom.addEventListener("focusin", tell);
      view.dom.addEventListener("focusout", tell);
      return {
        update: (_, before: EditorState) => {
          if (!before.selection.eq(view.state.selection) || before.doc !== view.state.doc)
            timer ??= setTimeout(tell, TELL_MS);
        },
        destroy: () => {
          clearTimeout(timer);
          awareness.off("change", redraw);
          view.dom.removeEventListener("focusin", tell);
          view.dom.removeEventListener("focusout", tell);
          awareness.setLocalStateField("cursor", null);
        },
      };
    },
  });
}

function tellCaret(binding: SharedFiling, awareness: Awareness, view: EditorView): void {
  const before: unknown = awareness.getLocalState()?.cursor ?? null;
  const now = view.hasFocus() ? binding.place(view.state) : null;
  // While the page shows something else than is shared, the last place is the nearest.
  if (now === null && view.hasFocus()) return;
  if (JSON.stringify(before) !== JSON.stringify(now)) awareness.setLocalStateField("cursor", now);
}

function decorationsOf<User extends object>(
  binding: SharedFiling,
  doc: Node,
  client: number,
  state: Readonly<Record<string, unknown>>,
  look: CaretLook<User>,
): Decoration[] {
  const { cursor } = state;
  if (typeof cursor !== "object" || cursor === null || !("anchor" in cursor) || !("head" in cursor))
    return [];
  const [anchor, head] = [positionOf(binding.views, cursor.anchor), positionOf(binding.views, cursor.head)];
  if (anchor === null || head === null) return [];
  const user = (typeof state.user === "object" && state.user !== null ? state.user : {}) as User;
  const within = (position: number) => Math.min(position, doc.content.size);
  const [from, to] = [within(Math.min(anchor, head)), within(Math.max(anchor, head))];
  const caret = Decoration.widget(within(head), () => look.caret(user), {
    key: `caret-${client}-${JSON.stringify(user)}`,
    side: 10,
    ignoreSelection: true,
  });
  return from === to ? [caret] : [Decoration.inline(from, to, look.selection(user)), caret];
}

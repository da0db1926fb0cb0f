import type { Node, ResolvedPos } from "@tiptap/pm/model";
import { NodeSelection, Plugin, PluginKey, Selection, TextSelection } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { foreignOf } from "./foreign.js";

/**
 * Keeps what another editor wrote from going by accident. It may be a whole document, and a click or an arrow key selects it: typing
 * leaves it alone, and so does what is pasted. The Backspace and Delete keys at its edge select it first; pressed once more, they take
 * it away.
 */
export function foreignGuard(): Plugin {
  return new Plugin({
    key: new PluginKey("foreign-guard"),
    props: {
      handleTextInput: (view) => isSelected(view),
      handlePaste: (view) => {
        if (!isSelected(view)) return false;
        const behind = Selection.near(view.state.doc.resolve(view.state.selection.to), 1);
        if (!(behind instanceof TextSelection)) return true;
        view.dispatch(view.state.tr.setSelection(behind));
        return false;
      },
      handleKeyDown: (view, { key }) =>
        (key === "Backspace" || key === "Delete") && selectBeside(view, key === "Delete"),
    },
  });
}

function isSelected({ state: { selection } }: EditorView): boolean {
  return selection instanceof NodeSelection && foreignOf(selection.node) !== null;
}

function selectBeside(view: EditorView, forward: boolean): boolean {
  const { selection, doc, tr } = view.state;
  if (!(selection instanceof TextSelection) || !selection.empty) return false;
  const at = beside(selection.$head, forward);
  if (at === null) return false;
  view.dispatch(tr.setSelection(NodeSelection.create(doc, at)).scrollIntoView());
  return true;
}

/** Where the foreign node is that a step in one direction would meet next; null for another node. */
function beside($place: ResolvedPos, forward: boolean): number | null {
  for (let depth = $place.depth; depth >= 0; depth--) {
    const parent = $place.node(depth);
    const inside = depth === $place.depth;
    const edge = forward ? $place.end(depth) : $place.start(depth);
    const next = inside ? $place.pos : forward ? $place.after(depth + 1) : $place.before(depth + 1);
    if (next === edge) continue;
    const node = inside
      ? forward
        ? $place.nodeAfter
        : $place.nodeBefore
      : parent.maybeChild($place.index(depth) + (forward ? 1 : -1));
    return node && firstForeign(node, forward ? next : next - node.nodeSize, forward);
  }
  return null;
}

/** Whether what is met first in a node is foreign, and where. */
function firstForeign(node: Node, at: number, forward: boolean): number | null {
  if (foreignOf(node)) return at;
  const child = forward ? node.firstChild : node.lastChild;
  if (!child || node.inlineContent) return null;
  return firstForeign(child, forward ? at + 1 : at + node.nodeSize - 1 - child.nodeSize, forward);
}

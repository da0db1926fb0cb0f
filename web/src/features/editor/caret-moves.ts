import { Extension } from "@tiptap/core";
import { Selection, TextSelection } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";

/** How many frames a place may take to come to rest: blocks on the way are laid out only once they are near. */
const FRAMES = 12;

/**
 * The keys that go to the beginning and the end of the filing. The browser's own stop at what it has laid out, which of a long filing is
 * only what was in sight.
 */
export const CaretMoves = Extension.create({
  name: "caretMoves",
  addKeyboardShortcuts() {
    const go = (side: "start" | "end", extend: boolean) => () => move(this.editor.view, side, extend);
    const keys = {
      "Ctrl-Home": go("start", false),
      "Ctrl-End": go("end", false),
      "Shift-Ctrl-Home": go("start", true),
      "Shift-Ctrl-End": go("end", true),
    };
    const apple = {
      "Cmd-ArrowUp": go("start", false),
      "Cmd-ArrowDown": go("end", false),
      "Shift-Cmd-ArrowUp": go("start", true),
      "Shift-Cmd-ArrowDown": go("end", true),
    };
    return /mac|iphone|ipad/i.test(navigator.userAgent) ? { ...keys, ...apple } : keys;
  },
});

function move(view: EditorView, side: "start" | "end", extend: boolean): boolean {
  const { doc, selection, tr } = view.state;
  const target = side === "start" ? Selection.atStart(doc) : Selection.atEnd(doc);
  const head = side === "start" ? target.from : target.to;
  view.dispatch(
    tr.setSelection(extend ? TextSelection.between(selection.$anchor, doc.resolve(head)) : target),
  );
  keepInSight(view, head, FRAMES);
  return true;
}

/** Scrolls to a place until it stays where it is: what is scrolled past gets its real height only then. */
function keepInSight(view: EditorView, position: number, frames: number): void {
  if (view.isDestroyed || frames === 0 || position > view.state.doc.content.size) return;
  const { node } = view.domAtPos(position);
  const element = node instanceof Element ? node : node.parentElement;
  element?.scrollIntoView({ block: "nearest" });
  requestAnimationFrame(() => keepInSight(view, position, frames - 1));
}

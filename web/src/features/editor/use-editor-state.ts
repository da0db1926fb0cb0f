import type { Editor } from "@tiptap/core";
import { useRef, useSyncExternalStore } from "react";
import { restOf } from "./editor-rest.js";

/** A flat picture of the editor at rest, rendered again only when one of its values changes: a keystroke costs no page render. */
export function useEditorState<T extends Record<string, string | number | boolean | null>>(
  editor: Editor,
  read: (editor: Editor) => T,
): T {
  const last = useRef<T | null>(null);
  const { subscribe, count } = restOf(editor);
  const at = useRef(-1);
  return useSyncExternalStore(subscribe, () => {
    // Read once for each rest: what a tool may do is not asked again because something else has rendered.
    if (last.current !== null && at.current === count()) return last.current;
    at.current = count();
    const now = read(editor);
    if (last.current === null || !same(last.current, now)) last.current = now;
    return last.current;
  });
}

function same(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return Object.keys(b).every((key) => a[key] === b[key]);
}

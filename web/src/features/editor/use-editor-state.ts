import type { Editor } from "@tiptap/core";
import { useCallback, useRef, useSyncExternalStore } from "react";

/** A flat picture of the editor, rendered again only when one of its values changes: a keystroke costs no page render. */
export function useEditorState<T extends Record<string, string | number | boolean | null>>(
  editor: Editor,
  read: (editor: Editor) => T,
): T {
  const last = useRef<T | null>(null);
  const subscribe = useCallback(
    (listener: () => void) => {
      editor.on("transaction", listener);
      return () => void editor.off("transaction", listener);
    },
    [editor],
  );
  return useSyncExternalStore(subscribe, () => {
    const now = read(editor);
    if (last.current === null || !same(last.current, now)) last.current = now;
    return last.current;
  });
}

function same(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return Object.keys(b).every((key) => a[key] === b[key]);
}

import type { Editor } from "@tiptap/core";

/** An editor rests when nothing happened to it for this long; while colleagues type without a pause it is looked at anyway, this often. */
const REST_MS = 150;
const AT_LAST_MS = 600;

/** Tells when an editor rests: what its state allows is asked then, and not for every key. */
export interface EditorRest {
  readonly subscribe: (listener: () => void) => () => void;
  /** How often it has rested. */
  readonly count: () => number;
}

const rests = new WeakMap<Editor, EditorRest>();

/** The rest of an editor, one for all its tools. */
export function restOf(editor: Editor): EditorRest {
  const known = rests.get(editor);
  if (known) return known;
  const made = watch(editor);
  rests.set(editor, made);
  return made;
}

function watch(editor: Editor): EditorRest {
  const listeners = new Set<() => void>();
  let count = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let since = 0;
  let looked = 0;
  const look = () => {
    const now = performance.now();
    const due = Math.min(looked + REST_MS, since + AT_LAST_MS);
    if (now < due) {
      timer = setTimeout(look, due - now);
      return;
    }
    timer = undefined;
    count++;
    for (const listener of listeners) listener();
  };
  // Only the time is noted for each: one timer runs on instead of one being set for every transaction.
  const happened = () => {
    looked = performance.now();
    if (timer !== undefined) return;
    since = looked;
    timer = setTimeout(look, REST_MS);
  };
  return {
    count: () => count,
    subscribe(listener) {
      if (listeners.size === 0) editor.on("transaction", happened);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        editor.off("transaction", happened);
        clearTimeout(timer);
        timer = undefined;
      };
    },
  };
}

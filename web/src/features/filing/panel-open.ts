import { useSyncExternalStore } from "react";
import { keep, kept } from "../../ui/keep.js";

const KEY = "panel";
/** Below this width the panel covers the paper, so it begins closed. */
const NARROW = "(max-width: 1000px)";

let open = matchMedia(NARROW).matches ? false : kept(KEY) !== "closed";
const listeners = new Set<() => void>();

/** Whether the side panel is open: one choice for all documents, remembered. */
export function usePanelOpen(): [boolean, (open: boolean) => void] {
  return [useSyncExternalStore(subscribe, () => open), setOpen];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setOpen(next: boolean): void {
  open = next;
  if (!matchMedia(NARROW).matches) keep(KEY, next ? "open" : "closed");
  for (const listener of listeners) listener();
}

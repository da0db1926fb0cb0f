import type { Ending } from "./ending.js";
import { type SavedState, unsaved } from "./saved-state.js";

/** What the saved indicator says: one case, one sentence. */
export type SavedLabel =
  | { kind: "connecting" }
  | { kind: "offline"; unsaved: number }
  | { kind: "saving"; unsaved: number }
  | { kind: "saved"; version: number; at: string }
  | { kind: "view-only"; version: number | null; at: string | null }
  | { kind: "ended"; why: Ending; unsaved: number };

/** The sentence that is true of a state. "Saved" is said only when the server has acknowledged every local change. */
export function labelOf(state: SavedState): SavedLabel {
  const open = unsaved(state);
  switch (state.link) {
    case "connecting":
      return open === 0 ? { kind: "connecting" } : { kind: "offline", unsaved: open };
    case "offline":
      return { kind: "offline", unsaved: open };
    case "open":
      if (open > 0) return { kind: "saving", unsaved: open };
      if (state.head === null || state.access === null) return { kind: "connecting" };
      if (state.access !== "edit")
        return { kind: "view-only", version: state.head.version, at: state.head.at };
      return { kind: "saved", version: state.head.version, at: state.head.at };
    default:
      return { kind: "ended", why: state.link, unsaved: open };
  }
}

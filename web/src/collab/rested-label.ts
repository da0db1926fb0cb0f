import type { CollabSession } from "./collab-session.js";
import { labelOf, type SavedLabel } from "./saved-label.js";

/** "Saved" is said after this rest, so that the indicator does not turn over with every key. */
const REST_MS = 400;
/** Another version of the same sentence is told this late. */
const SAME_MS = 1_000;

/** How long a sentence waits before it is shown in place of another: bad news and "saving" never do. */
export function waitOf(shown: SavedLabel, now: SavedLabel): number {
  if (now.kind === "saved" || now.kind === "view-only")
    return shown.kind === "saving" ? REST_MS : shown.kind === now.kind ? SAME_MS : 0;
  return 0;
}

/** What the indicator shows of a session: never more than is true, and steady while somebody types. */
export class RestedLabel {
  #shown: string;
  #due: ReturnType<typeof setTimeout> | undefined;
  #leave = () => {};
  readonly #listeners = new Set<() => void>();

  constructor(private readonly session: Pick<CollabSession, "saved" | "subscribe">) {
    this.#shown = textOf(session);
  }

  /** As JSON: the same sentence is the same string. */
  readonly read = (): string => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#leave = this.session.subscribe(this.#look);
    this.#look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#leave();
      this.#cancel();
    };
  };

  readonly #look = (): void => {
    const now = textOf(this.session);
    if (now === this.#shown) return this.#cancel();
    const wait = waitOf(JSON.parse(this.#shown), JSON.parse(now));
    if (wait === 0) this.#show();
    // What is shown when the rest is over is what is true then.
    else this.#due ??= setTimeout(() => this.#show(), wait);
  };

  #show(): void {
    this.#cancel();
    const now = textOf(this.session);
    if (now === this.#shown) return;
    this.#shown = now;
    for (const listener of this.#listeners) listener();
  }

  #cancel(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
  }
}

/** How much is on its way is not part of the sentence: it changes with every key. */
function textOf({ saved }: Pick<CollabSession, "saved">): string {
  const label = labelOf(saved);
  return JSON.stringify(label.kind === "saving" ? { ...label, unsaved: 0 } : label);
}

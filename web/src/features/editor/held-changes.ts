import type { ChangeSet, Text } from "@codemirror/state";
import { wholeCharacters } from "./whole-characters.js";

/** What a view shows, from one place to another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * What of the shared text its view does not show yet. An input method loses what it composes when the text around it is changed, so
 * what colleagues write there waits. The view with `pending` is always the shared text, unit for unit.
 */
export class HeldChanges {
  #pending: ChangeSet | null = null;

  get any(): boolean {
    return this.#pending !== null;
  }

  /** A change typed into the view, as the shared text is to make it: whole characters, around what is held. */
  typed(before: Text, after: Text, made: ChangeSet): ChangeSet {
    const whole = wholeCharacters(before, after, made);
    if (this.#pending === null) return whole;
    // Of what both put in one place, what is typed here stands first: the same on both ways round.
    const written = whole.map(this.#pending, true);
    this.#pending = this.#pending.map(whole);
    return written;
  }

  /** A change of the shared text, as the view is to make it now; null when it waits, since it touches what is composed or what waits. */
  received(change: ChangeSet, composed: Stretch | null): ChangeSet | null {
    if (this.#pending !== null) this.#pending = this.#pending.compose(change);
    else if (composed === null || !change.touchesRange(composed.from, composed.to)) return change;
    else this.#pending = change;
    return null;
  }

  /** What has waited, for the view to make now. */
  release(): ChangeSet | null {
    const pending = this.#pending;
    this.#pending = null;
    return pending;
  }

  /** The shared text, where this is what the view shows. */
  shared(shown: Text): Text {
    return this.#pending?.apply(shown) ?? shown;
  }

  /** Where a place of the view is in the shared text. */
  toShared(at: number): number {
    return this.#pending?.mapPos(at, -1) ?? at;
  }

  /** Where a place of the shared text is in the view. */
  toView(at: number): number {
    return this.#pending?.invertedDesc.mapPos(at, -1) ?? at;
  }
}

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RestedLabel } from "./rested-label.js";
import type { SavedLabel } from "./saved-label.js";
import { fresh, type SavedState } from "./saved-state.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a session tells, turned by hand. */
function told() {
  const listeners = new Set<() => void>();
  const session = {
    saved: { ...fresh, link: "open", access: "edit", head: { version: 1, at: "" } } as SavedState,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const turn = (change: Partial<SavedState>) => {
    session.saved = { ...session.saved, ...change };
    for (const listener of listeners) listener();
  };
  return { session, turn, listeners };
}

it("says saving at once, saved only when the typing rests, and turns once however many keys there were", () => {
  const { session, turn, listeners } = told();
  const label = new RestedLabel(session);
  const shown: SavedLabel["kind"][] = [];
  const leave = label.subscribe(() => shown.push(JSON.parse(label.read()).kind));
  for (let key = 1; key <= 40; key++) {
    turn({ local: key });
    vi.advanceTimersByTime(50);
    turn({ durable: key, head: { version: key + 1, at: "" } });
    vi.advanceTimersByTime(50);
  }
  expect(shown).toEqual(["saving"]);
  vi.advanceTimersByTime(400);
  expect(shown).toEqual(["saving", "saved"]);
  expect(JSON.parse(label.read())).toMatchObject({ kind: "saved", version: 41 });
  leave();
  expect(listeners.size).toBe(0);
});

it("does not wait with bad news", () => {
  const { session, turn } = told();
  const label = new RestedLabel(session);
  label.subscribe(() => {});
  turn({ link: "offline", local: 3 });
  expect(JSON.parse(label.read())).toEqual({ kind: "offline", unsaved: 3 });
  turn({ link: "removed" });
  expect(JSON.parse(label.read())).toMatchObject({ kind: "ended", why: "removed" });
});

it("tells the versions of colleagues once a second", () => {
  const { session, turn } = told();
  const label = new RestedLabel(session);
  let renders = 0;
  label.subscribe(() => renders++);
  for (let version = 2; version <= 21; version++) {
    turn({ head: { version, at: "" } });
    vi.advanceTimersByTime(100);
  }
  expect(renders).toBe(2);
  expect(JSON.parse(label.read())).toMatchObject({ version: expect.any(Number) });
});

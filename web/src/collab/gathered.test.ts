import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { applyUpdate, Doc } from "yjs";
import { Gathered } from "./gathered.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A document here, and a colleague's whose changes come in as they are made. */
function desk() {
  const [here, there] = [new Doc(), new Doc()];
  const origin = {};
  const gathered = new Gathered(here, () => origin);
  here.on("update", (_update: Uint8Array, from: unknown) => {
    if (from !== origin) gathered.typed();
  });
  there.on("update", (update: Uint8Array) => gathered.take(() => applyUpdate(here, update, origin)));
  const seen: [string, unknown][] = [];
  here.getText().observe((_event, { origin: from }) => seen.push([here.getText().toString(), from]));
  return { mine: here.getText(), theirs: there.getText(), gathered, origin, seen };
}

it("takes in at once what comes to somebody who only looks on", () => {
  const { theirs, mine } = desk();
  theirs.insert(0, "a");
  theirs.insert(1, "b");
  expect(mine.toString()).toBe("ab");
});

it("takes in with one's own next key, as one change, what came while one typed", async () => {
  const { theirs, mine, seen, origin } = desk();
  mine.insert(0, "x");
  for (const [at, letter] of [..."abc"].entries()) theirs.insert(at, letter);
  expect(mine.toString()).toBe("x");
  mine.insert(1, "y");
  await Promise.resolve();
  expect([...mine.toString()].sort().join("")).toBe("abcxy");
  expect(seen.map(([, from]) => from === origin)).toEqual([false, false, true]);
});

it("lets nothing wait for long, nor for ever when it is dropped", () => {
  const { theirs, mine, gathered } = desk();
  mine.insert(0, "x");
  theirs.insert(0, "a");
  vi.advanceTimersByTime(150);
  expect(mine.toString()).toContain("a");
  theirs.insert(1, "b");
  gathered.drop();
  vi.advanceTimersByTime(10_000);
  expect(mine.toString()).not.toContain("b");
});

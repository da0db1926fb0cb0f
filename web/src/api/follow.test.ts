import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { follow } from "./follow.js";
import type { Sink } from "./socket.js";

interface Event {
  cursor: string;
}

function line() {
  const opened: { after: string | null; sink: Sink<Event>; closed: boolean }[] = [];
  const open = (after: string | null, sink: Sink<Event>) => {
    const one = { after, sink, closed: false };
    opened.push(one);
    return () => {
      one.closed = true;
    };
  };
  return { opened, open, last: () => opened[opened.length - 1]! };
}

describe("following an endless stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const cursorOf = (event: Event) => event.cursor;

  test("opens behind the given cursor and hands on every event", () => {
    const { open, last } = line();
    const seen: Event[] = [];
    follow({ open, cursorOf, after: "c0", onEvent: (event) => seen.push(event) });
    last().sink.next({ cursor: "c1" });
    expect(last().after).toBe("c0");
    expect(seen).toEqual([{ cursor: "c1" }]);
  });

  test("a completion is a broken line: it resumes from the last cursor", () => {
    const { open, opened, last } = line();
    follow({ open, cursorOf, after: null, onEvent: () => {} });
    last().sink.next({ cursor: "c1" });
    last().sink.next({ cursor: "c2" });
    last().sink.completed();
    expect(opened).toHaveLength(1);
    vi.runOnlyPendingTimers();
    expect(opened).toHaveLength(2);
    expect(last().after).toBe("c2");
  });

  test("waits longer after each failure and starts over once something arrives", () => {
    const { open, opened, last } = line();
    const wait = vi.spyOn(globalThis, "setTimeout");
    follow({ open, cursorOf, after: null, onEvent: () => {} });
    for (let i = 0; i < 4; i++) {
      last().sink.failed(new Error("no"));
      vi.runOnlyPendingTimers();
    }
    const waits = wait.mock.calls.map(([, ms]) => Number(ms));
    expect(waits[3]).toBeGreaterThan(waits[0]!);
    expect(opened).toHaveLength(5);
  });

  test("a line that ended says nothing more, and ends only once", () => {
    const { open, opened } = line();
    const seen: Event[] = [];
    follow({ open, cursorOf, after: null, onEvent: (event) => seen.push(event) });
    opened[0]!.sink.failed(new Error("no"));
    opened[0]!.sink.completed();
    opened[0]!.sink.next({ cursor: "late" });
    vi.runOnlyPendingTimers();
    expect(seen).toEqual([]);
    expect(opened).toHaveLength(2);
  });

  test("a final failure is not asked again", () => {
    const { open, opened, last } = line();
    follow({ open, cursorOf, after: null, onEvent: () => {}, isFinal: (cause) => cause === "forbidden" });
    last().sink.failed("forbidden");
    vi.runAllTimers();
    expect(opened).toHaveLength(1);
  });

  test("stopping closes the line and cancels the next attempt", () => {
    const { open, opened, last } = line();
    const stop = follow({ open, cursorOf, after: null, onEvent: () => {} });
    last().sink.completed();
    stop();
    vi.runAllTimers();
    expect(opened).toHaveLength(1);
    expect(opened[0]!.closed).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import { labelOf } from "./saved-label.js";
import { fresh, next, type SavedEvent, type SavedState, unsaved } from "./saved-state.js";

const AT = "2025-11-24T10:42:07.000Z";
const run = (events: SavedEvent[], from: SavedState = fresh) => events.reduce(next, from);
const edit = { type: "access", access: "edit" } as const;
const ack = (received: number, version: number, clock = Number.POSITIVE_INFINITY): SavedEvent => ({
  type: "acknowledged",
  received,
  version,
  at: AT,
  clockOf: () => clock,
});
const sync: SavedEvent = { type: "sent", full: true, client: 1, clock: 0 };
const typed = (clock: number): SavedEvent[] => [
  { type: "changed" },
  { type: "sent", full: false, client: 1, clock },
];
const open: SavedEvent[] = [{ type: "dialled" }, { type: "opened" }, edit, sync, ack(1, 7)];

describe("the saved indicator", () => {
  test("says nothing about saving before the server has told the head", () => {
    expect(labelOf(run([{ type: "dialled" }, { type: "opened" }, edit]))).toEqual({ kind: "connecting" });
  });

  test("tells the committed version once the server acknowledged everything", () => {
    expect(labelOf(run(open))).toEqual({ kind: "saved", version: 7, at: AT });
  });

  test("says saving until the acknowledgement covers the last keystroke", () => {
    const typing = run([...typed(1), ...typed(2)], run(open));
    expect(labelOf(typing)).toEqual({ kind: "saving", unsaved: 2 });
    expect(labelOf(next(typing, ack(2, 8)))).toEqual({ kind: "saving", unsaved: 1 });
    expect(labelOf(next(typing, ack(3, 9)))).toEqual({ kind: "saved", version: 9, at: AT });
  });

  test("does not believe a count whose state vector lacks the change", () => {
    const typing = run(typed(5), run(open));
    expect(unsaved(next(typing, ack(2, 8, 4)))).toBe(1);
    expect(unsaved(run([ack(2, 8, 4), ack(2, 8, 5)], typing))).toBe(0);
  });

  test("keeps counting what was typed offline and trusts nothing but a full sync after reconnecting", () => {
    const offline = run([{ type: "dropped" }, { type: "changed" }, { type: "changed" }], run(open));
    expect(labelOf(offline)).toEqual({ kind: "offline", unsaved: 2 });
    const back = run([{ type: "dialled" }, { type: "opened" }, ...typed(3)], offline);
    expect(labelOf(next(back, ack(1, 8)))).toEqual({ kind: "saving", unsaved: 3 });
    const synced = run([{ ...sync, clock: 3 }, ack(2, 9)], next(back, ack(1, 8)));
    expect(labelOf(synced)).toEqual({ kind: "saved", version: 9, at: AT });
  });

  test("forgets frames that were in flight when the connection dropped", () => {
    const dropped = run(
      [...typed(1), { type: "dropped" }, { type: "dialled" }, { type: "opened" }],
      run(open),
    );
    expect(labelOf(next(dropped, ack(0, 8)))).toEqual({ kind: "saving", unsaved: 1 });
    expect(labelOf(run([{ ...sync, clock: 1 }, ack(1, 8)], dropped)).kind).toBe("saved");
  });

  test("stays ended when the socket drops after a permanent close, and dials again only when asked", () => {
    const ended = run([...typed(1), { type: "ended", why: "signed-out" }, { type: "dropped" }], run(open));
    expect(labelOf(ended)).toEqual({ kind: "ended", why: "signed-out", unsaved: 1 });
    expect(labelOf(next(ended, { type: "dialled" })).kind).toBe("offline");
  });

  test("a viewer is told so, with the version that they see", () => {
    const viewer = run(
      [
        { type: "access", access: "view" },
        { type: "head", version: 11, at: AT },
      ],
      run(open),
    );
    expect(labelOf(viewer)).toEqual({ kind: "view-only", version: 11, at: AT });
  });

  test("the time of the head is the record's, whichever channel tells of it first", () => {
    const told: SavedEvent = { type: "head", version: 7, at: "2025-11-20T09:00:00.000Z" };
    expect(next(run(open), told).head?.at).toBe(told.at);
    expect(run([told, ...open]).head?.at).toBe(told.at);
  });

  test("an older head never replaces a newer one", () => {
    const state = run([{ type: "head", version: 9, at: AT }, ack(1, 8)], run(open));
    expect(state.head?.version).toBe(9);
  });
});

test("whatever happens, saved is never said while a change is not covered (seeded random runs)", () => {
  let seed = 20_251_124;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  for (let round = 0; round < 300; round++) {
    let state = run(open);
    // The model: the server's durable set of local changes, and what is in flight on this connection.
    const durable = new Set<number>();
    let written = 0;
    let flight: number[][] = [[]];
    let acked = 1;
    let synced = true;
    for (let step = 0; step < 60; step++) {
      const choice = random(10);
      const online = state.link === "open";
      if (choice < 5) {
        written++;
        state = next(state, { type: "changed" });
        if (online) {
          flight.push([written]);
          state = next(state, { type: "sent", full: false, client: 1, clock: written });
        }
      } else if (choice < 8 && online && acked < flight.length) {
        acked += 1 + random(flight.length - acked);
        for (const frame of flight.slice(0, acked)) for (const change of frame) durable.add(change);
        state = next(state, ack(acked, 8 + step));
      } else if (choice === 8 && online && !synced) {
        flight.push(Array.from({ length: written }, (_, i) => i + 1));
        synced = true;
        state = next(state, { type: "sent", full: true, client: 1, clock: written });
      } else if (choice === 9) {
        if (online) state = next(state, { type: "dropped" });
        else {
          flight = [];
          acked = 0;
          synced = false;
          state = run([{ type: "dialled" }, { type: "opened" }], state);
        }
      }
      if (labelOf(state).kind === "saved") {
        expect(durable.size, `round ${round}, step ${step}, seed 20251124`).toBe(written);
      }
    }
  }
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Room } from "../room/room.js";
import { PresenceRounds } from "./presence-rounds.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of a room as a round needs. */
const room = () => {
  const sharePresence = vi.fn();
  return { sharePresence } as unknown as Room & { sharePresence: typeof sharePresence };
};

describe("presence", () => {
  it("is sent at the end of the turn, once for all that changed in it", async () => {
    const rounds = new PresenceRounds();
    const [a, b] = [room(), room()];
    for (const changed of [a, b, a]) rounds.changed(changed);
    expect(a.sharePresence).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0);
    for (const { sharePresence } of [a, b]) expect(sharePresence).toHaveBeenCalledOnce();
  });

  it("waits for the pause after a round, and not longer", async () => {
    const rounds = new PresenceRounds();
    const a = room();
    rounds.changed(a);
    await vi.advanceTimersByTimeAsync(0);
    for (let i = 0; i < 3; i++) rounds.changed(a);
    await vi.advanceTimersByTimeAsync(3);
    expect(a.sharePresence).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(2);
    expect(a.sharePresence).toHaveBeenCalledTimes(2);
  });

  it("pauses three times as long as a round took", async () => {
    const clock = vi
      .spyOn(performance, "now")
      .mockReturnValueOnce(0)
      .mockReturnValueOnce(0)
      .mockReturnValue(20);
    const rounds = new PresenceRounds();
    const a = room();
    rounds.changed(a);
    await vi.advanceTimersByTimeAsync(0);
    rounds.changed(a);
    await vi.advanceTimersByTimeAsync(59);
    expect(a.sharePresence).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(2);
    expect(a.sharePresence).toHaveBeenCalledTimes(2);
    clock.mockRestore();
  });

  it("wakes nobody where nothing changes", async () => {
    const rounds = new PresenceRounds();
    rounds.changed(room());
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
  });
});

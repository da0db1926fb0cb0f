import { describe, expect, it } from "vitest";
import { Attendance } from "./attendance.js";

const MINUTE = 60_000;

function page() {
  const state = { now: 1_000_000, told: 0, later: (): void => undefined };
  const attendance = new Attendance(
    () => {
      state.told++;
    },
    () => state.now,
    (work) => {
      state.later = work;
    },
  );
  return { state, attendance };
}

describe("whether somebody sits before a page", () => {
  it("is believed for five minutes after it was opened or touched", () => {
    const { state, attendance } = page();
    expect(attendance.isAttended).toBe(true);
    state.now += 5 * MINUTE;
    expect(attendance.isAttended).toBe(false);
    attendance.touched();
    expect(attendance.isAttended).toBe(true);
    state.now += 5 * MINUTE - 1;
    expect(attendance.isAttended).toBe(true);
  });

  it("is told at the first touch, and twice a minute at most, so that the shortest time-out is kept off", () => {
    const { state, attendance } = page();
    expect(state.told).toBe(0);
    for (let n = 0; n < 600; n++) {
      attendance.touched();
      state.now += 100;
      state.later();
    }
    expect(state.told).toBe(2);
  });

  it("is not told where what the hand set off tells it", () => {
    const { state, attendance } = page();
    attendance.touched();
    expect(attendance.sends()).toBe(true);
    state.later();
    expect(state.told).toBe(0);
    state.now += MINUTE;
    attendance.touched();
    state.later();
    expect(state.told).toBe(1);
  });

  it("is not told by what a page sends that nobody has touched", () => {
    const { state, attendance } = page();
    state.now += 10 * MINUTE;
    expect(attendance.sends()).toBe(false);
    attendance.touched();
    state.later();
    expect(state.told).toBe(1);
  });

  it("is not told while nobody touches it", () => {
    const { state, attendance } = page();
    state.now += 60 * MINUTE;
    expect(attendance.isAttended).toBe(false);
    expect(state.told).toBe(0);
  });
});

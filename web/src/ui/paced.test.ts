import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Paced } from "./paced.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells at once after a rest, then only once a while, and the last of it in any case", () => {
  const told = vi.fn();
  const paced = new Paced(told, 1000);
  paced.soon();
  expect(told).toHaveBeenCalledTimes(1);
  for (let n = 0; n < 50; n++) paced.soon();
  expect(told).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(told).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveBeenCalledTimes(2);
});

it("does not wait with what somebody waits for, and tells nothing once it was stopped", () => {
  const told = vi.fn();
  const paced = new Paced(told, 1000);
  paced.now();
  paced.now();
  expect(told).toHaveBeenCalledTimes(2);
  paced.soon();
  paced.stop();
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveBeenCalledTimes(2);
});

import { expect, it } from "vitest";
import { latencyOf } from "./statistics.js";

it.each([
  [[], null],
  [[7], { p50: 7, p95: 7, p99: 7 }],
  [[3, 1, 2], { p50: 2, p95: 3, p99: 3 }],
  [Array.from({ length: 100 }, (_, i) => 100 - i), { p50: 50, p95: 95, p99: 99 }],
  [[1.23456, 10], { p50: 1.23, p95: 10, p99: 10 }],
])("%j", (samples, latency) => {
  expect(latencyOf(samples)).toEqual(latency);
});

import { expect, it } from "vitest";
import { endOfDay, lastDayOf } from "./last-day.js";

it("ends with the day, and tells the same day again", () => {
  for (const day of ["2027-01-01", "2027-02-28", "2028-02-29", "2027-12-31"]) {
    const end = endOfDay(day);
    expect(lastDayOf(end ?? null)).toBe(day);
    expect(new Date(end ?? "").getHours()).toBe(0);
  }
});

it("is of the day in which an end lies that is no midnight", () => {
  expect(lastDayOf(new Date(2027, 4, 6, 14, 30).toISOString())).toBe("2027-05-06");
});

it("has no end without a day", () => {
  expect([endOfDay(""), lastDayOf(null), endOfDay("tomorrow")]).toEqual([null, "", undefined]);
});

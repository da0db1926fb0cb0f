import { expect, it } from "vitest";
import { grantExpiry } from "./grant-expiry.js";

const now = new Date("2026-03-01T00:00:00Z");
const at = (days: number) => new Date(now.getTime() + days * 86_400_000);

it.each([
  ["EMPLOYEE", null, null],
  ["EMPLOYEE", at(400), at(400)],
  ["DEPARTMENT", null, null],
  ["GUEST", null, at(90)],
  ["GUEST", at(90), at(90)],
  ["GUEST", at(1), at(1)],
] as const)("a grant to %s asked until %s ends %s", (kind, asked, end) => {
  expect(grantExpiry(kind, asked, now)).toEqual(end);
});

it.each([
  ["EMPLOYEE", null, at(1)],
  ["GUEST", null, at(1)],
  ["EMPLOYEE", at(0.5), at(0.5)],
] as const)(
  "a grant to %s asked until %s by somebody whose right ends tomorrow ends %s",
  (kind, asked, end) => {
    expect(grantExpiry(kind, asked, now, at(1))).toEqual(end);
  },
);

it("a guest's grant ends within ninety days, however long its giver's right lasts", () => {
  expect(grantExpiry("GUEST", null, now, at(400))).toEqual(at(90));
});

it.each([
  ["EMPLOYEE", at(0)],
  ["EMPLOYEE", at(-1)],
  ["EMPLOYEE", new Date(Number.NaN)],
  ["GUEST", new Date(at(90).getTime() + 1)],
] as const)("a grant to %s cannot end %s", (kind, asked) => {
  expect(() => grantExpiry(kind, asked, now)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }));
});

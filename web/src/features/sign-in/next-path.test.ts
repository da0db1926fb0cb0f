import { expect, test } from "vitest";
import { nextPath } from "./next-path.js";

test("goes back to a page of the app, with its query", () => {
  expect(nextPath("/documents/1?version=7")).toBe("/documents/1?version=7");
});

test.each([
  null,
  "",
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
  "/sign-in?next=/",
])("never follows %j out of the app", (asked) => {
  expect(nextPath(asked)).toBe("/");
});

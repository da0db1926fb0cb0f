import { expect, it } from "vitest";
import { keysTable } from "./report.js";

it("holds the page, and only the page, against the goals", () => {
  const row = { document: "small", panel: false };
  expect(keysTable([{ ...row, build: "page", values: [7, 8, 30] }]).held).toBe(true);
  expect(keysTable([{ ...row, build: "page", values: [9, 8, 30] }]).held).toBe(false);
  expect(keysTable([{ ...row, build: "page", values: [] }]).held).toBe(false);
  expect(keysTable([{ ...row, build: "beside", values: [40] }]).held).toBe(true);
  expect(keysTable([{ ...row, document: "large.html", panel: true, build: "page", values: [19] }]).held).toBe(
    true,
  );
});

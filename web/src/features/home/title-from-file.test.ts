import { expect, test } from "vitest";
import { titleFromFile } from "./title-from-file.js";

test("a title from a file name", () => {
  expect(titleFromFile("camp4-424b4_prospectus.HTML")).toBe("camp4 424b4 prospectus");
});
